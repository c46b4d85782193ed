"""Looking at the shop from outside, at this machine, and at ourselves."""
