"""Indicators: by hand, out of text, of what an incident is about; and out as files."""
