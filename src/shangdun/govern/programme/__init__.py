"""Programmes: their templates, the states of what hangs together, the text that is approved."""
