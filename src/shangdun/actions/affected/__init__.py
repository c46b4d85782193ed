"""Lists of who is affected: taking them in, reading them, letting them go."""
