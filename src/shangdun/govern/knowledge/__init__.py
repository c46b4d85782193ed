"""The knowledge base's decisions: links between pages, searching in both languages, tags."""
