"""The risk register: adding, assessing, treating, bearing, learning, looking again."""
