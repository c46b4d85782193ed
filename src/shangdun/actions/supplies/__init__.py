"""Logistics: the inventory, requests, giving out and taking back."""
