"""Where a value may land: one module a sink, found by its name, each with a ``SINK``."""
