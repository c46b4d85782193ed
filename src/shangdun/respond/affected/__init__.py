"""Who is affected: reading lists, telling people apart, saying how many."""
