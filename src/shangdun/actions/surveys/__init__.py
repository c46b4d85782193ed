"""Preparing surveys, opening and closing them, inviting, answering."""
