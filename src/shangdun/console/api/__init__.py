"""The API at /api/: pushing lines in, reading findings and incidents."""
