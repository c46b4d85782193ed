"""Seed the roles as groups, the watch's single row, and the ledger's triggers."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shangdun.records import ledger_guard

# Spelled out: a migration must not change when the code's roles do.
ROLES = (
    "leadership",
    "technical_support",
    "customer_service",
    "legal",
    "logistics",
    "administrator",
    "auditor",
    "employee",
)


def seed(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group").objects.using(editor.connection.alias)
    for name in ROLES:
        groups.get_or_create(name=name)
    progress = apps.get_model("records", "WatchProgress").objects.using(editor.connection.alias)
    progress.get_or_create(pk=1)


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    ledger_guard.install(editor)


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    ledger_guard.remove(editor)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
