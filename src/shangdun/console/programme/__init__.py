"""Pages of the plan: how what they show comes out of the records."""
