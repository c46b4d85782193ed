"""Drills: planned, begun, told, judged, signed."""
