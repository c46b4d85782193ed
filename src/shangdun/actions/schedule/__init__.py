"""The schedule: reckoning it, links, moving, baselines, delays, import."""
