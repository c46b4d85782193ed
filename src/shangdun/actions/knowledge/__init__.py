"""The knowledge base: pages written, changed, brought back, put beside incidents and tasks."""
