"""What may be wrong with an edge, one module a topic, found by its functions ``check_…``."""
