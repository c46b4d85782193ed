"""Everybody of one emergency: who is there, and the board worked off by all of them in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, expect
from tests.e2e.emergency_people import Person
from tests.e2e.emergency_site import Emergency

GROUPS = ("leadership", "technical_support", "customer_service", "legal", "logistics")
TYPE_WORDS = {
    "data_breach": "顾客资料在境外论坛被公开出售",
    "network_attack": "官网被大量请求打满，页面打不开",
    "system_failure": "下单接口全部超时，支付回调堆积",
    "insider_threat": "客服账号夜间批量导出订单",
}
MOST_ROUNDS = 40
OPEN_TASKS = """SELECT id, step, automatic, held FROM records_task WHERE incident_id = ?
  AND "group" = ? AND (state IN ('open', 'doing') OR held) ORDER BY place, id"""

Work = Callable[[Person, int, str], bool]
"""Does what a task asks for on other pages; True where it finished the task as well."""


class Team:
    """The five of the plan's groups in five windows, and who stands beside them."""

    def __init__(self, browser: Browser, site: Emergency) -> None:
        self.site = site
        self._browser = browser
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
        """Everybody opens the incident's room."""
        self.number = number
        self.incident_id = self.site.number(
            "SELECT id FROM records_incident WHERE number = ?", number
        )
        for person in self.people.values():
            person.enters(number)

    @contextmanager
    def visitor(self, role: str = "") -> Iterator[Person]:
        """Somebody who looks in for one thing."""
        person = Person(self._browser, self.site, role)
        try:
            yield person
        finally:
            person.close()

    def open_tasks(self, group: str) -> list[tuple[int, str, str, int]]:
        """(row, step, kind of step that acts by itself, held) of what the group has to do now."""
        return self.site.rows(OPEN_TASKS, self.incident_id, group)  # type: ignore[return-value]  # rows of any kind

    def waiting(self) -> int:
        """Tasks that are not over."""
        return self.site.number(
            "SELECT count(*) FROM records_task WHERE incident_id = ?"
            " AND state NOT IN ('done', 'skipped') AND NOT (state = 'failed' AND NOT held)",
            self.incident_id,
        )

    def step_of(self, step: str) -> str:
        """The playbook's own key of a step (``seal``), or "" of a task added by hand."""
        return step


def finish(person: Person, task: int, answers: Mapping[str, str], result: str) -> None:
    """On the task's page: what came out, and what the playbook asks."""
    person.goes(f"tasks/{task}/")
    form = person.form(f"/tasks/{task}/finish/")
    given = {"result": result}
    for label in form.locator("[name^='answer-']").all():
        name = label.get_attribute("name") or ""
        asked = form.locator(f"label[for='{label.get_attribute('id')}']").inner_text()
        found = [value for words, value in answers.items() if words in asked]
        assert found, f"nobody knows what to answer to {asked!r}"
        given[name] = found[0]
    person.sends(form, given)
    expect(person.page.locator("dl.facts .pill").first).to_be_visible()
