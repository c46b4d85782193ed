"""The one Django app that holds every table."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from shangdun.records import drill_guard


class RecordsConfig(AppConfig):
    name = "shangdun.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(drill_guard.before_migrating, sender=self)
        post_migrate.connect(drill_guard.after_migrating, sender=self)
