"""Everybody of one emergency, and the board that all of them work off in turns."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from playwright.sync_api import Browser
from tests.e2e.emergency_people import Person
from tests.e2e.emergency_site import Emergency

GROUPS = ("leadership", "technical_support", "customer_service", "legal", "logistics")
ANSWERS = {
    "addresses": "203.0.113.77", "accounts": "ops.wang", "leaking": "false",
    "personal_data": "true", "card_data": "false",
    "notify_customers": "true", "notify_regulator": "true", "stable": "true", "findings_open": "0",
    "layer": "application", "attacking": "false", "ransom": "false", "cause": "change",
    "restored": "true", "attack_suspected": "false", "intent": "malicious",
    "customers_affected": "true", "events_found": "3", "foothold": "false", "data_read": "false",
    "skimmer": "false", "still_falling": "false", "data_seen": "false", "spreading": "false",
    "data_taken": "false", "backups_clean": "true",
}  # fmt: skip
"""What people answer where a playbook asks, by its variable without the underscores."""
SECONDS = 60.0
"""So long a step that acts by itself may take before the test says that nothing happens."""
TASKS = """SELECT id, title_en, state, automatic, confirm, held, asks, version FROM records_task
  WHERE incident_id = ? AND "group" = ? AND (state IN ('open', 'doing') OR held)
  ORDER BY place, id"""
LEFT = """SELECT count(*) FROM records_task WHERE incident_id = ?
  AND state NOT IN ('done', 'skipped') AND NOT (state = 'failed' AND NOT held)"""


class Todo(NamedTuple):
    """A task as the records have it."""

    id: int
    title: str
    state: str
    automatic: str
    confirm: int
    held: int
    asks: str
    version: int

    @property
    def acts(self) -> bool:
        """Whether it is under way without anybody's doing."""
        return bool(self.automatic) and not self.held and not self.waits_for_a_word

    @property
    def waits_for_a_word(self) -> bool:
        """An automatic one that a person lets act."""
        return bool(self.automatic and self.confirm) and self.state == "open"


Work = Callable[["Team", Person], str]
"""What a task asks for on other pages; gives what came out of it."""


class Team:
    """The five of the plan's groups in five windows, in one incident."""

    def __init__(self, browser: Browser, site: Emergency) -> None:
        self.site = site
        self.people = {role: Person(browser, site, role) for role in GROUPS}
        self.number = 0
        self.incident_id = 0

    def __getitem__(self, role: str) -> Person:
        return self.people[role]

    def close(self) -> None:
        """All windows."""
        for person in self.people.values():
            person.close()

    def enters(self, number: int) -> None:
        """Everybody is in the incident's room from now on."""
        self.number = number
        self.incident_id = self.site.number(
            "SELECT id FROM records_incident WHERE number = ?", number
        )
        for person in self.people.values():
            person.enters(number)

    def todo(self, group: str) -> list[Todo]:
        """What the group has to do now."""
        return [Todo(*row) for row in self.site.rows(TASKS, self.incident_id, group)]

    def left(self) -> int:
        """Tasks that are not over."""
        return self.site.number(LEFT, self.incident_id)

    def works_off(self, works: Mapping[str, Work], *, until: str = "") -> None:
        """Each group does its next task, one after the other, until nothing is left to do."""
        idle = time.monotonic()
        while self.left():
            busy = False
            for group in GROUPS:
                ready = [one for one in self.todo(group) if not one.acts]
                if until and any(one.title == until for one in ready):
                    return
                if ready:
                    self._does(self[group], ready[0], works)
                    busy = True
            if busy:
                idle = time.monotonic()
            elif time.monotonic() - idle > SECONDS:
                raise AssertionError(f"nothing goes on: {self._standing()}\n{self.site.said()}")
            else:
                time.sleep(0.2)

    def _does(self, person: Person, task: Todo, works: Mapping[str, Work]) -> None:
        if task.waits_for_a_word:
            person.posts("board/click/", {"let_act": f"{task.id}.{task.version}"})
            return
        work = works.get(task.title)
        result = work(self, person) if work else f"{person.name}: 已完成并复核。"
        answers: dict[str, str] = {}
        for place, asked in enumerate(json.loads(task.asks or "[]")):
            answers[f"answer-{place}"] = ANSWERS[asked["name"].strip("_").removesuffix("__")]
        given = {"result": result, **answers}
        if work:
            person.goes(f"tasks/{task.id}/")
            person.sends(person.form(f"/tasks/{task.id}/finish/"), given)
        else:
            version = self.site.number("SELECT version FROM records_task WHERE id = ?", task.id)
            person.posts(f"tasks/{task.id}/finish/", {**given, "version": str(version)})
        state = self.site.rows("SELECT state FROM records_task WHERE id = ?", task.id)[0][0]
        assert state == "done", f"{task.title}: {state}"

    def _standing(self) -> list[tuple[Any, ...]]:
        return self.site.rows(
            "SELECT title_en, state, held, automatic, result FROM records_task"
            " WHERE incident_id = ? AND state NOT IN ('done', 'skipped')",
            self.incident_id,
        )
