"""Cleanup (plan, section 四.5): system normal, data whole, security audit done, with proof."""
