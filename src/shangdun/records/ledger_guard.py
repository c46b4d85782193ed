"""Triggers by which the database itself refuses to change or delete a row of the ledger.

They stop mistakes and borrowed SQL consoles; somebody who owns the database can drop them, which is
what the hash chain and the signed checkpoints outside it are for.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "records_ledgerentry"
_MESSAGE = "the ledger is append-only"

_SQLITE_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
_SQLITE_TAKEN = f"EXISTS (SELECT 1 FROM {TABLE} WHERE seq = NEW.seq OR rowid = NEW.rowid)"  # noqa: S608 - our own table's name
_SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} {_SQLITE_REFUSE}"
    for name, event in (
        ("ledger_no_update", f"UPDATE ON {TABLE}"),
        ("ledger_no_delete", f"DELETE ON {TABLE}"),
        # INSERT OR REPLACE deletes the row that it meets without asking the trigger for deletion.
        ("ledger_no_replace", f"INSERT ON {TABLE} WHEN {_SQLITE_TAKEN}"),
    )
]
_SQLITE_REMOVE = [
    f"DROP TRIGGER IF EXISTS ledger_no_{verb}" for verb in ("update", "delete", "replace")
]

_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
_POSTGRES_ROWS = f"""
CREATE OR REPLACE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"""
_POSTGRES_TABLE = f"""
CREATE OR REPLACE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"""
_POSTGRES_INSTALL = [_POSTGRES_FUNCTION, _POSTGRES_ROWS, _POSTGRES_TABLE]
_POSTGRES_REMOVE = [
    f"DROP TRIGGER IF EXISTS ledger_no_change ON {TABLE}",
    f"DROP TRIGGER IF EXISTS ledger_no_truncate ON {TABLE}",
]


def install(editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place; again is harmless."""
    _run(editor, sqlite=_SQLITE_INSTALL, postgres=_POSTGRES_INSTALL)


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away, as undoing the migration does."""
    _run(editor, sqlite=_SQLITE_REMOVE, postgres=_POSTGRES_REMOVE)


def _run(editor: BaseDatabaseSchemaEditor, *, sqlite: list[str], postgres: list[str]) -> None:
    statements = sqlite if editor.connection.vendor == "sqlite" else postgres
    for statement in statements:
        editor.execute(statement)
