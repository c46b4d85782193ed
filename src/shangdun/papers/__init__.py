"""Documents that people hand in: one structure of blocks, written as PDF and as Word."""
