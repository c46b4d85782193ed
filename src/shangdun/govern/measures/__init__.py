"""The plan's measures: periods, values with their uncertainty, trends and targets."""
