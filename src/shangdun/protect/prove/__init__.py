"""The security test: harmless canaries of every attack, honest journeys, what became of them."""
