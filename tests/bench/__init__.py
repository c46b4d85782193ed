"""Measurements beside their bars; `make bench` runs them all and writes docs/benchmarks.md."""
