"""Where records are kept, as Django's ``DATABASES``: SQLite in the home, or PostgreSQL."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from shangdun.kernel.config import RecordsConfig
from shangdun.kernel.errors import ConfigError

SQLITE_FILE = "records.sqlite3"
BUSY_SECONDS = 20
# FULL, not NORMAL: the lake trusts a recorded batch and prunes its journal, so a commit must be on
# the disk when it returns, power cut included.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
    "PRAGMA temp_store=MEMORY"
)


def databases(home: Path, config: RecordsConfig) -> dict[str, dict[str, Any]]:
    """Django's ``DATABASES`` for this configuration."""
    return {"default": _postgres(config.postgres) if config.postgres else _sqlite(home)}


def _sqlite(home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(home / SQLITE_FILE),
        "OPTIONS": {
            "timeout": BUSY_SECONDS,
            # A transaction that reads first and writes later would otherwise fail at once, without
            # waiting, when another process wrote in between.
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgres(connection: str) -> dict[str, Any]:
    try:
        psycopg = importlib.import_module("psycopg")  # an extra: most run on SQLite
        conninfo = importlib.import_module("psycopg.conninfo")
    except ImportError as error:
        raise ConfigError(
            "PostgreSQL is configured but its driver is not installed",
            where="records.postgres",
            fix="pip install 'shangdun[postgres]'",
        ) from error
    try:
        options: dict[str, Any] = dict(conninfo.conninfo_to_dict(connection))
    except psycopg.ProgrammingError as error:
        raise ConfigError(
            str(error).strip(),
            where="records.postgres",
            fix="write a libpq connection string: host=… dbname=… user=…",
        ) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": options.pop("dbname", ""),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
