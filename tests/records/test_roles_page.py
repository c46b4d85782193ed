"""docs/roles.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from shangdun.records.roles import ROLE_CAPABILITIES, Capability, Role

PAGE = Path(__file__).parent.parent.parent / "docs" / "roles.md"
COLUMNS: list[list[Role]] = [
    [Role.LEADERSHIP],
    [Role.TECHNICAL_SUPPORT],
    [Role.CUSTOMER_SERVICE],
    [Role.LEGAL, Role.LOGISTICS],
    [Role.ADMINISTRATOR],
    [Role.AUDITOR],
    [Role.EMPLOYEE],
]
ROWS: dict[str, set[Capability]] = {
    "Report an incident": {Capability.REPORT_INCIDENT},
    "See incidents": {Capability.VIEW_INCIDENTS},
    "Comment on incidents": {Capability.COMMENT_INCIDENTS},
    "Take an incident": {Capability.HANDLE_INCIDENTS},
    "Assign, move, close an incident": {Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS},
    "See decisions, find one by its code": {Capability.VIEW_DECISIONS},
    "Decide, confirm, undo": {Capability.DECIDE},
    "Say who is never turned away": {Capability.DECIDE, Capability.MANAGE_RULES},
    "See findings": {Capability.VIEW_FINDINGS},
    "Search raw events": {Capability.SEARCH_EVENTS},
    "See sources, rules and enforcers": {
        Capability.VIEW_SOURCES,
        Capability.VIEW_RULES,
        Capability.VIEW_ENFORCERS,
    },
    "Change sources, rules and enforcers": {
        Capability.MANAGE_SOURCES,
        Capability.MANAGE_RULES,
        Capability.MANAGE_ENFORCERS,
    },
    "Read the ledger": {Capability.VIEW_LEDGER},
    "Sign a checkpoint of the ledger": {Capability.SIGN_LEDGER},
    "See people and settings": {Capability.VIEW_PEOPLE, Capability.VIEW_SETTINGS},
    "Add people, give roles, reset passwords": {Capability.MANAGE_PEOPLE},
}


def test_the_table_is_the_code() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    table = {
        cells[0]: cells[1:]
        for cells in ([c.strip() for c in line.strip("|").split("|")] for line in lines)
    }
    del table[""]  # the heading
    assert set(ROWS) == set(table)
    for title, needs in ROWS.items():
        for cell, roles in zip(table[title], COLUMNS, strict=True):
            for role in roles:
                assert (cell == "✓") is not needs.isdisjoint(ROLE_CAPABILITIES[role]), (title, role)
