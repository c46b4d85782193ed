"""The post-incident report, what an incident cost, and what is done about it."""
