"""The response to incidents, for pages: the room of an incident and what stands in it."""
