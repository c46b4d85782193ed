"""Starting Django for a process that is no web server, and bringing the tables up to date."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from shangdun.kernel.config import home_directory
from shangdun.lake.store.disk import exclusive


def start() -> Path:
    """Make the home directory, private to its owner, and set Django up; returns the home."""
    home = home_directory()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shangdun.console.settings")
    if not apps.ready:
        django.setup()
    return home


def migrate(home: Path) -> None:
    """Apply what migrations are missing; of several processes that start together one does it."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with exclusive(home / "run" / "migrate.lock", wait=True, busy=""):
            call_command("migrate", interactive=False, verbosity=0)
