"""The seeded day, kept: sown once a worker, then copied into each test that asks for it.

Sowing goes through every action of the product and takes seconds; its rows and files are the same
each time. They are sown anew when they grow old, because pages show what lately happened.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction

FRESH_SECONDS = 240.0
DJANGOS_OWN = {"django_migrations", "django_content_type", "auth_permission"}
"""Written anew, with other numbers, whenever a test empties the database."""

Row = tuple[Any, ...]


class Kept(NamedTuple):
    """What was sown: rows by table, files, and when."""

    rows: dict[str, list[Row]]
    files: tempfile.TemporaryDirectory[str]
    """Removed when the next day is kept, and at the end."""
    sown: float


_kept: list[Kept] = []


def day(home: Path, sow: Callable[[], None]) -> None:
    """The day's rows in the database and its files below ``home``; an empty database is assumed."""
    if connection.vendor != "sqlite":
        sow()
    elif _kept and time.monotonic() - _kept[0].sown < FRESH_SECONDS:
        _put_back(_kept[0], home)
    else:
        sow()
        _keep(home)


def _keep(home: Path) -> None:
    for old in _kept:
        old.files.cleanup()
    files = tempfile.TemporaryDirectory(prefix="shangdun-day-")
    shutil.copytree(home, files.name, dirs_exist_ok=True)
    _kept[:] = [Kept(_rows(), files, time.monotonic())]


def _rows() -> dict[str, list[Row]]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in DJANGOS_OWN:
                columns = connection.introspection.get_table_description(cursor, table)
                # A plus before the name keeps the stored value: without it texts become times.
                stored = ", ".join(f'+"{column.name}"' for column in columns)
                cursor.execute(f'SELECT {stored} FROM "{table}" ORDER BY rowid')
                found[table] = list(cursor.fetchall())
    return found


def _put_back(kept: Kept, home: Path) -> None:
    shutil.copytree(kept.files.name, home, dirs_exist_ok=True)
    # In one transaction: rows refer to rows of tables that come later.
    with transaction.atomic(), connection.cursor() as cursor, _unguarded(cursor):
        for table, rows in kept.rows.items():
            if not rows:
                continue
            # What migrations seed is there, after a test with real transactions with other numbers.
            cursor.execute(f'DELETE FROM "{table}"')
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


@contextmanager
def _unguarded(cursor: Any) -> Iterator[None]:
    """Without the triggers by which the database refuses changes: what they guard is put back."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _sql in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in triggers:
        cursor.execute(sql)
