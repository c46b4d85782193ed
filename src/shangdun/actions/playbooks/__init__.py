"""Writing playbooks, taking them into use, and bringing those of the product."""
