"""Protective measures and their checks: the shipped list, periods, how a measure stands, rates."""
