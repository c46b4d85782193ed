"""Triggers by which the database itself refuses to change what was found, judged or published.

They stop mistakes and borrowed SQL consoles, as the ledger's do (``ledger_guard``); the ledger
holds the SHA-256 of each beside.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = {
    "records_controlresult": "what a check found does not change",
    "records_dutyjudgement": "a judgement does not change",
    "records_dutyversion": "a version of a law does not change",
}


def install(editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place; again is harmless."""
    write = _sqlite if editor.connection.vendor == "sqlite" else _postgres
    for table, message in TABLES.items():
        for statement in write(table, message):
            editor.execute(statement)


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away, as undoing the migration does."""
    for table in TABLES:
        end = "" if editor.connection.vendor == "sqlite" else f" ON {table}"
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update{end}")


def _sqlite(table: str, message: str) -> list[str]:
    return [
        f"""
CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{message}'); END"""
    ]


def _postgres(table: str, message: str) -> list[str]:
    return [
        f"""
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
END $$""",
        f"""
CREATE OR REPLACE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
    ]
