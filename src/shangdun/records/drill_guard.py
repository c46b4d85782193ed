"""Triggers by which the database itself refuses what would leave the company in a drill.

They stand behind ``rehearsal.require_real``, for whoever forgets that door. A trigger that names
other tables keeps SQLite from rebuilding them, and a rebuilt table loses its own: so they are taken
away before migrations run and put back after.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_MESSAGE = "a drill touches nothing real"

GUARDED = {
    # table: whether the row NEW belongs to a drill's incident
    "records_letter": (
        "EXISTS (SELECT 1 FROM records_notice n JOIN records_incident i ON i.id = n.incident_id"
        " WHERE n.id = NEW.notice_id AND i.drill_id IS NOT NULL)"
    ),
    "records_decision": (
        "NEW.incident_id IS NOT NULL AND EXISTS (SELECT 1 FROM records_incident i"
        " WHERE i.id = NEW.incident_id AND i.drill_id IS NOT NULL)"
    ),
    "records_mailing": (
        "NEW.incident_id IS NOT NULL AND EXISTS (SELECT 1 FROM records_incident i"
        " WHERE i.id = NEW.incident_id AND i.drill_id IS NOT NULL)"
    ),
    # A report of a drill is a rehearsal for ever.
    "records_submission": (
        "NOT NEW.rehearsal AND EXISTS (SELECT 1 FROM records_incident i"
        " WHERE i.id = NEW.incident_id AND i.drill_id IS NOT NULL)"
    ),
}


def uninstall(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away; where there are none is harmless."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL changes tables in place
    with connection.cursor() as cursor:
        for table in GUARDED:
            for event in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_real_{event}")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place on the tables that exist; again is harmless."""
    tables = set(connection.introspection.table_names())
    statements = _sqlite if connection.vendor == "sqlite" else _postgres
    with connection.cursor() as cursor:
        for table, of_a_drill in GUARDED.items():
            if table in tables:
                for statement in statements(table, of_a_drill):
                    cursor.execute(statement)


def before_migrating(using: str, **_: Any) -> None:  # noqa: ANN401 - a signal's
    """Receiver of ``pre_migrate``."""
    uninstall(connections[using])


def after_migrating(using: str, **_: Any) -> None:  # noqa: ANN401 - a signal's
    """Receiver of ``post_migrate``."""
    install(connections[using])


def _sqlite(table: str, of_a_drill: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_real_{event} BEFORE {event} ON {table} "
        f"WHEN {of_a_drill} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for event in ("insert", "update")
    ]


def _postgres(table: str, of_a_drill: str) -> list[str]:
    return [
        f"""
CREATE OR REPLACE FUNCTION {table}_real() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {of_a_drill} THEN
        RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$""",
        f"""
CREATE OR REPLACE TRIGGER {table}_real BEFORE INSERT OR UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_real()""",
    ]
