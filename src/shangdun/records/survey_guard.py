"""Triggers by which the database refuses to change an opened questionnaire or a frozen value.

They stop mistakes and borrowed SQL consoles, as the ledger's do (``ledger_guard``); the ledger
holds the SHA-256 of both beside.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_ASKED = "the questions of an opened survey do not change"
_FROZEN = "a frozen value does not change"
_QUESTIONS, _VALUES = "records_surveyquestion", "records_measurevalue"
_OPENED = (
    "EXISTS (SELECT 1 FROM records_survey s WHERE s.id = {row}.survey_id AND s.state <> 'draft')"
)
_EVENTS = (("insert", "NEW"), ("update", "OLD"))
_SQLITE = (
    *(
        f"CREATE TRIGGER IF NOT EXISTS survey_asked_{event} BEFORE {event.upper()} ON {_QUESTIONS} "
        f"WHEN {_OPENED.format(row=row)} BEGIN SELECT RAISE(ABORT, '{_ASKED}'); END"
        for event, row in _EVENTS
    ),
    (
        f"CREATE TRIGGER IF NOT EXISTS measure_frozen BEFORE UPDATE ON {_VALUES} "
        f"BEGIN SELECT RAISE(ABORT, '{_FROZEN}'); END"
    ),
)
_POSTGRES = (
    f"""
CREATE OR REPLACE FUNCTION survey_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_OPENED.format(row="NEW")} THEN
        RAISE EXCEPTION '{_ASKED}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$""",
    f"""
CREATE OR REPLACE FUNCTION measure_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_FROZEN}' USING ERRCODE = 'integrity_constraint_violation';
END $$""",
    f"""
CREATE OR REPLACE TRIGGER survey_asked BEFORE INSERT OR UPDATE ON {_QUESTIONS}
FOR EACH ROW EXECUTE FUNCTION survey_refuse()""",
    f"""
CREATE OR REPLACE TRIGGER measure_frozen BEFORE UPDATE ON {_VALUES}
FOR EACH ROW EXECUTE FUNCTION measure_refuse()""",
)


def install(editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place; again is harmless."""
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRES:
        editor.execute(statement)


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away, as undoing the migration does."""
    sqlite = editor.connection.vendor == "sqlite"
    asked = [f"survey_asked_{event}" for event, _row in _EVENTS] if sqlite else ["survey_asked"]
    for name, table in (*((one, _QUESTIONS) for one in asked), ("measure_frozen", _VALUES)):
        editor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))
