"""The console as a Django app: templates, template tags and what happens when people sign in."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shangdun.console"
    label = "console"
