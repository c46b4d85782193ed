"""Setting targets of measures; keeping their values when a period ends."""
