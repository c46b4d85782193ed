"""Checks of the protocol itself: what a request does to the servers that pass it on."""
