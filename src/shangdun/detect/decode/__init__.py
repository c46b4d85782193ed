"""Requests as the shop will read them: every value taken out of its encodings before matching."""
