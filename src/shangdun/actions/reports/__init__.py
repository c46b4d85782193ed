"""Reports of the plan: drafted from the records, edited, approved, sent, kept."""
