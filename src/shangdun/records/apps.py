"""The one Django app that holds every table."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "shangdun.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
