"""Letters to customers: what they say, and the servers that take them."""
