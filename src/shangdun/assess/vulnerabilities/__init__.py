"""What scanners and people found: read, told apart, compared with what is known."""
