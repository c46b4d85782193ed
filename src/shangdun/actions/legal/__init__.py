"""The legal side of an incident: assessment, liabilities, claims."""
