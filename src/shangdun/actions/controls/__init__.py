"""Protective measures: the list, checks by people and by the system, reminders."""
