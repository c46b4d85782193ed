"""Risk in money: ranges, distributions, simulated years."""
