"""Notices to customers: written, approved, sent; what came back; what helps people."""
