"""Who has to be told, by when: laws as dated data, and the clocks that follow from facts."""
