"""Drills (演练): scenarios with injects, a clock of their own, scores from what people did."""
