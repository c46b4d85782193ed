"""Layers of encoding: a value becomes every text that something behind it could read it as."""
