"""Addresses of the response. A new one needs a row in tests/console/test_access.py."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
