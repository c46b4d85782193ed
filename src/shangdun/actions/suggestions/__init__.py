"""The suggestions box: put in, answered, turned into an improvement."""
