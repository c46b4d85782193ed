"""The board in the browser's terms: one click, two people, three hundred tasks, a drill."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from shangdun.actions.tasks.begin import do_stop_run
from shangdun.records.models import Drill, Incident, Task, TimelineEntry

from .parts import tasks as part

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(people, console) -> Incident:
    part.seed(people, console, timezone.now())
    return part.incident()


def url(name: str, incident: Incident, **more: object) -> str:
    return reverse(name, kwargs={"number": incident.number, **more})


def test_each_role_sees_and_does_what_it_needs(people, client_of, incident) -> None:
    names = part.arguments()
    for role, user in people.items():
        if role == "everybody":
            continue
        client = client_of(user)
        for name, (method, roles) in part.EXPECTED.items():
            address = reverse(name, kwargs=names.get(name, {}))
            response = getattr(client, method)(address)
            got_in = response.status_code != 403
            assert got_in is (role in roles), (role, name, response.status_code)


def test_pages_in_both_languages_escape_what_people_wrote(people, client_of, incident) -> None:
    user = people["leadership"]
    client = client_of(user)
    for language in ("en", "zh-hans"):
        user.language = language
        user.save()
        for path in part.paths().values():
            html = client.get(path).content.decode()
            assert "<script>alert(1)" not in html
            assert "\x1b" not in html
        html = client.get(url("incident_board", incident)).content.decode()
        assert ("技术支持" if language != "en" else "Technical support") in html
        assert "&lt;script&gt;alert(1)" in html


def test_one_click_takes_and_the_fragment_tells_only_news(people, client_of, incident) -> None:
    client = client_of(people["leadership"])
    cards = url("incident_board_cards", incident)
    tag = client.get(cards).headers["ETag"]
    assert client.get(cards, headers={"If-None-Match": tag}).status_code == 304
    task = incident.tasks.filter(state="open", automatic="", owner=None).order_by("place").first()
    answer = client.post(
        url("incident_board_click", incident), {"take": f"{task.pk}.{task.version}"}
    )
    assert answer.status_code == 302
    task.refresh_from_db()
    assert (task.owner, task.state) == (people["leadership"], "doing")
    assert client.get(cards, headers={"If-None-Match": tag}).status_code == 200


def test_two_people_finish_one_task_and_nothing_is_lost(people, client_of, incident) -> None:
    task = incident.tasks.get(source="person")
    address = url("incident_task_change", incident, task_id=task.pk, verb="finish")
    first, second = client_of(people["leadership"]), client_of(people["logistics"])
    words = {"version": task.version, "result": "rooms 3 and 4 are booked"}
    assert first.post(address, words).status_code == 302
    words["result"] = "hotel beds for <b>six</b>"
    answer = second.post(address, words)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "rooms 3 and 4 are booked" in html
    assert "hotel beds for &lt;b&gt;six&lt;/b&gt;" in html
    task.refresh_from_db()
    assert task.result == "rooms 3 and 4 are booked"


def test_a_mistake_keeps_what_was_typed(people, client_of, incident) -> None:
    client = client_of(people["leadership"])
    answer = client.post(
        url("incident_task_add", incident), {"title": "", "instruction": "look at the switch"}
    )
    assert answer.status_code == 422
    assert "look at the switch" in answer.content.decode()
    task = incident.tasks.get(source="person")
    address = url("incident_task_change", incident, task_id=task.pk, verb="skip")
    answer = client.post(address, {"version": task.version, "reason": ""})
    assert answer.status_code == 422


def test_another_groups_task_is_theirs(people, client_of, incident) -> None:
    task = incident.tasks.get(source="person")
    client = client_of(people["legal"])
    address = url("incident_task_change", incident, task_id=task.pk, verb="finish")
    assert client.post(address, {"version": task.version}).status_code == 403
    html = client.get(url("incident_task", incident, task_id=task.pk)).content.decode()
    assert "another group" in html


def test_a_drill_is_on_the_board_of_its_people_and_marked(people, client_of, incident) -> None:
    incident.drill = Drill.objects.create(
        number=1, title="autumn", created=timezone.now(), planned_at=timezone.now()
    )
    incident.save()
    html = client_of(people["logistics"]).get("/tasks/").content.decode()
    assert "Drill" in html


def test_three_hundred_tasks_and_five_thousand_entries_stay_quick(
    people, client_of, incident
) -> None:
    groups = ("leadership", "technical_support", "customer_service", "legal", "logistics")
    now = timezone.now()
    run = incident.runs.get()
    Task.objects.bulk_create(
        Task(
            incident=incident, run=run, step=f"more#{n}", source="playbook", group=groups[n % 5],
            title_zh=f"任务 {n}", title_en=f"task {n}", instruction_zh="x" * 300,
            state=("open", "waiting", "done")[n % 3], place=100 + n, created_at=now,
            opened_at=now, due_at=now + timedelta(minutes=n - 100), owner=people["legal"],
        )
        for n in range(300)
    )  # fmt: skip
    TimelineEntry.objects.bulk_create(
        TimelineEntry(incident=incident, time=now, kind="task", data={"what": "noted", "task": 1})
        for _ in range(5_000)
    )
    client = client_of(people["leadership"])
    for address in (
        url("incident_board", incident),
        url("incident_board_cards", incident),
        url("incident_task", incident, task_id=part.a_task().pk),
        "/tasks/",
    ):
        client.get(address)
        began = time.process_time()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        seconds = time.process_time() - began
        print(f"{address}: {1000 * seconds:.0f} ms CPU, {len(queries)} queries")
        assert answer.status_code == 200
        assert len(queries) <= 30, address
        assert seconds < 1.0, (address, seconds)


def test_a_stopped_playbook_says_so(people, client_of, incident) -> None:
    run = incident.runs.get()
    do_stop_run(people["leadership"], run_id=run.pk, reason="it was a rehearsal of ours")
    html = client_of(people["leadership"]).get(url("incident_board", incident)).content.decode()
    assert "Stopped" in html
