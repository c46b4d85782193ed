"""docs/roles.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from shangdun.records.roles import ROLE_CAPABILITIES, Capability, Role

PAGE = Path(__file__).parent.parent.parent / "docs" / "roles.md"
COLUMNS: list[list[Role]] = [
    [Role.LEADERSHIP],
    [Role.TECHNICAL_SUPPORT],
    [Role.CUSTOMER_SERVICE],
    [Role.LEGAL],
    [Role.LOGISTICS],
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
    "Say what is known of an incident": {Capability.STATE_FACTS},
    "Work on tasks, write one's group's part": {Capability.WORK_TASKS},
    "Add and hand over evidence": {Capability.HANDLE_EVIDENCE},
    "Order: start the plan or not, instruct, waive, override": {Capability.ORDER_INCIDENTS},
    "See who is affected, by name": {Capability.READ_AFFECTED},
    "Prepare customer notices, answer complaints": {
        Capability.PREPARE_NOTICES,
        Capability.HANDLE_COMPLAINTS,
    },
    "Approve notices for legal": {Capability.APPROVE_NOTICES_LEGALLY},
    "Approve notices for leadership": {Capability.APPROVE_NOTICES},
    "Report to regulators": {Capability.SUBMIT_REPORTS},
    "See the legal side": {Capability.VIEW_LEGAL},
    "Handle liabilities and claims": {Capability.HANDLE_LEGAL},
    "Ask for supplies": {Capability.REQUEST_SUPPLIES},
    "Keep the inventory, give supplies out": {Capability.MANAGE_SUPPLIES},
    "Read documents, acknowledge them": {Capability.VIEW_DOCUMENTS},
    "Write documents": {Capability.MANAGE_DOCUMENTS},
    "Approve documents": {Capability.APPROVE_DOCUMENTS},
    "See playbooks": {Capability.VIEW_PLAYBOOKS},
    "Write playbooks": {Capability.MANAGE_PLAYBOOKS},
    "See the organisation": {Capability.VIEW_ORGANISATION},
    "Fill the organisation, keep the rota": {Capability.MANAGE_ORGANISATION},
    "Keep the channels of messages": {Capability.MANAGE_CHANNELS},
    "See drills": {Capability.VIEW_DRILLS},
    "Plan, lead and judge drills": {Capability.MANAGE_DRILLS},
    "Sign reports of incidents and drills": {Capability.SIGN_REPORTS},
    "See the page for management": {Capability.VIEW_MANAGEMENT},
    "See the security plan, controls, meetings, measures, communication": {
        Capability.VIEW_PROGRAMMES,
        Capability.VIEW_CONTROLS,
        Capability.VIEW_MEETINGS,
        Capability.VIEW_MEASURES,
        Capability.VIEW_COMMUNICATION,
    },
    "Report on one's own subtasks, take part in meetings": {Capability.WORK_PLAN},
    "Make and change the security plan": {Capability.MANAGE_PROGRAMMES},
    "See money": {Capability.VIEW_MONEY},
    "Plan, commit and spend money": {Capability.MANAGE_MONEY},
    "See risks": {Capability.VIEW_RISKS},
    "Keep the risk register": {Capability.MANAGE_RISKS},
    "Accept a risk": {Capability.ACCEPT_RISKS},
    "See assets and vulnerabilities": {Capability.VIEW_ASSETS},
    "Keep assets and vulnerabilities": {Capability.MANAGE_ASSETS},
    "See the law register": {Capability.VIEW_COMPLIANCE},
    "Keep the law register": {Capability.MANAGE_COMPLIANCE},
    "Judge yearly whether duties are kept": {Capability.ASSESS_COMPLIANCE},
    "Keep and check controls": {Capability.MANAGE_CONTROLS},
    "Call meetings, write minutes": {Capability.MANAGE_MEETINGS},
    "See reports": {Capability.VIEW_REPORTS},
    "Draft, edit and send reports": {Capability.MANAGE_REPORTS},
    "Set targets of measures": {Capability.MANAGE_MEASURES},
    "Make surveys": {Capability.MANAGE_SURVEYS},
    "Keep the communication plan": {Capability.MANAGE_COMMUNICATION},
    "Read the knowledge base": {Capability.READ_KNOWLEDGE},
    "Write the knowledge base": {Capability.WRITE_KNOWLEDGE},
    "Suggest something better": {Capability.SUGGEST},
    "Answer suggestions": {Capability.ANSWER_SUGGESTIONS},
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
