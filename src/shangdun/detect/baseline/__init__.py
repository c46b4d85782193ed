"""Baselines: what an entity, its peers and the hour of the week usually do, and what stands out.

The document is described in docs/baselines.md; it is ours, as Sigma has no such kind.
"""
