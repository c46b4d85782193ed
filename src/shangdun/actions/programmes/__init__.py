"""Programmes: making and changing them, doing their work, proving it, having them approved."""
