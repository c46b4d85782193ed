"""The method of risk assessment: scales, matrix, levels before and after measures."""
