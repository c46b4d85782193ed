"""Evidence: what a file looks like from outside, its chain of custody, what is exported of it."""
