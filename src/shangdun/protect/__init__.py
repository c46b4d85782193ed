"""What is done about attackers: decisions, their enforcement, the edge, and the proof of it."""
