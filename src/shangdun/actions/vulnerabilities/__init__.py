"""Vulnerabilities: taken in from reports, assigned, accepted, closed."""
