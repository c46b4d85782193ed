"""Meetings: called, invited, held; decisions, and actions that are followed up."""
