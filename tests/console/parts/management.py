"""The page for management, and its paper."""

from __future__ import annotations

from tests.console.who import ADMIN, AUDITOR, LEADERSHIP

READERS = {LEADERSHIP, ADMIN, AUDITOR}
EXPECTED = {"management": ("get", READERS), "management_paper": ("get", READERS)}
SCREENS = {"management": "/management/"}


def paths() -> dict[str, str]:
    return {"management": "/management/"}
