"""Evidence: taking it in, and every link of its chain of custody."""
