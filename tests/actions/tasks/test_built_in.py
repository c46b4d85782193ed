"""Each built-in playbook from its beginning to its end, by people who do what their page says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.actions.conftest import NOON
from tests.playbook_runs import an_incident

from shangdun.actions.playbooks.bring import do_bring_playbooks
from shangdun.actions.tasks.begin import begin_run
from shangdun.actions.tasks.clock import do_pass_time
from shangdun.actions.tasks.finish import Ended, do_fail_task, do_finish_task, do_skip_task
from shangdun.actions.tasks.steps import Acted, do_claim_step, do_let_act, do_record_step
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import Decision, Incident, IncidentEntity, PlaybookRun, Task
from shangdun.records.models import Playbook as PlaybookRow
from shangdun.records.roles import Role
from shangdun.records.tasks import acting_tasks
from shangdun.respond.groups import Group
from shangdun.respond.playbook.built_in import built_in

pytestmark = pytest.mark.django_db
BOOKS = {book.name.en: book for book in built_in()}
MOST_TURNS = 150


class Crew:
    """One person of each group, who does what stands open for his group."""

    def __init__(self, somebody, clock: FixedClock) -> None:
        self.people = {group: somebody(Role(group.value)) for group in Group}
        self.clock = clock
        self.did: dict[str, int] = {}

    def answers(self, task: Task) -> dict[str, str]:
        """No at first and yes when asked again, so that every loop is walked and left."""
        given = {}
        for one in task.asks:
            asked = self._note(f"?{one['name']}")
            yes = "true" if asked % 2 == 0 else "false"
            given[one["name"]] = {"bool": yes, "integer": "3"}.get(one["type"], "203.0.113.9")
        return given

    def turn(self, run: PlaybookRun, how: str) -> bool:
        """Do everything that is open; False when nothing was."""
        for pk in acting_tasks():
            attempt = do_claim_step(
                JOBS, task_id=pk, process="crew", repeats=True, clock=self.clock
            )
            assert attempt is not None
            self._note("automatic")
            task = Task.objects.get(pk=pk)
            into = str(task.parameters.get("count_into", ""))
            acted = Acted(ok=how != "fails", values={into: "0"} if into else {})
            do_record_step(JOBS, attempt_id=attempt.pk, acted=acted, clock=self.clock)
            return True
        open_tasks = run.tasks.filter(state__in=("open", "failed")).order_by("place")
        task = next((t for t in open_tasks if t.state == "open" or t.held), None)
        if task is None:
            run.refresh_from_db()
            if run.state == "running" and run.due_at:
                self.clock.move(max(timedelta(), run.due_at - self.clock.now()))
                return do_pass_time(JOBS, clock=self.clock) > 0
            return False
        person = self.people[Group(task.group)]
        if task.held:
            do_skip_task(person, task_id=task.pk, reason="not tonight", clock=self.clock)
        elif task.automatic:
            if not person.can("decide") and task.automatic in {"block", "unblock"}:
                person = self.people[Group.LEADERSHIP]
            do_let_act(person, task_id=task.pk, clock=self.clock)
        elif how == "fails" and self._note(f"{task.step.rpartition('#')[0]}!") == 1:
            do_fail_task(person, task_id=task.pk, reason="it broke", clock=self.clock)
        else:
            ended = Ended(result="done as told", outcome=self.answers(task))
            do_finish_task(person, task_id=task.pk, ended=ended, clock=self.clock)
        self._note(task.group)
        return True

    def _note(self, what: str) -> int:
        self.did[what] = self.did.get(what, 0) + 1
        return self.did[what]


@pytest.fixture
def incident(db) -> Incident:
    do_bring_playbooks(JOBS)
    incident = an_incident()
    for kind, value in (("address", "203.0.113.9"), ("account", "u-1")):
        IncidentEntity.objects.create(
            incident=incident, kind=kind, value=value, first_time=NOON, last_time=NOON
        )
    return incident


@pytest.mark.parametrize("how", ["goes well", "fails"])
@pytest.mark.parametrize("name", sorted(BOOKS))
def test_from_begin_to_end(somebody, incident: Incident, name: str, how: str) -> None:
    crew = Crew(somebody, FixedClock(NOON))
    version = PlaybookRow.objects.get(uid=BOOKS[name].id).versions.latest("number")
    with transaction.atomic():
        run = begin_run(incident, version, NOON)
    turns = 0
    while crew.turn(run, how):
        turns += 1
        assert turns < MOST_TURNS, "it never ends"
    run.refresh_from_db()
    left = [(t.title_en, t.state) for t in run.tasks.all() if not t.is_over]
    assert (run.state, left) == ("done", [])
    assert crew.did, "it asks nobody for anything"
    filled = run.tasks.exclude(opened_at=None).values_list("instruction_zh", "instruction_en")
    assert not [text for pair in filled for text in pair if "__address" in text]
    assert Decision.objects.count() == 0, "nothing is decided where the runner does not run"
