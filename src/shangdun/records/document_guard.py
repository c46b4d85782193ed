"""A trigger by which the database itself refuses to change what was approved.

It stops mistakes and borrowed SQL consoles, as the ledger's does (``ledger_guard``); the ledger
holds the SHA-256 of every approved text beside.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLE = "records_documentversion"
_MESSAGE = "an approved text does not change"
_SEALED = "OLD.state NOT IN ('draft', 'review') AND OLD.sha256 <> ''"
_CHANGED = (
    "(NEW.body <> OLD.body OR NEW.title <> OLD.title OR NEW.sha256 <> OLD.sha256"
    " OR NEW.number <> OLD.number OR NEW.document_id <> OLD.document_id"
    " OR NEW.state IN ('draft', 'review'))"
)
_SQLITE = f"""
CREATE TRIGGER IF NOT EXISTS document_no_change BEFORE UPDATE ON {_TABLE}
WHEN {_SEALED} AND {_CHANGED} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"""
_POSTGRES = (
    f"""
CREATE OR REPLACE FUNCTION document_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$""",
    f"""
CREATE OR REPLACE TRIGGER document_no_change BEFORE UPDATE ON {_TABLE}
FOR EACH ROW WHEN ({_SEALED} AND {_CHANGED}) EXECUTE FUNCTION document_refuse()""",
)


def install(editor: BaseDatabaseSchemaEditor) -> None:
    """Put the trigger in place; again is harmless."""
    for statement in (_SQLITE,) if editor.connection.vendor == "sqlite" else _POSTGRES:
        editor.execute(statement)


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    """Take the trigger away, as undoing the migration does."""
    end = "" if editor.connection.vendor == "sqlite" else f" ON {_TABLE}"
    editor.execute(f"DROP TRIGGER IF EXISTS document_no_change{end}")
