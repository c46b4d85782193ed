"""The schedule's pages: the chart's data, trying and keeping, conflicts, files in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.schedule.baseline import do_set_baseline
from shangdun.actions.schedule.link import do_link_tasks
from shangdun.govern.exchange.mspdi_read import read_mspdi
from shangdun.govern.exchange.sheet_read import read_sheet
from shangdun.records.models import PlanImport, PlanLink, PlanTask, Programme, User

pytestmark = pytest.mark.django_db
EPOCH = date(1970, 1, 1)


@pytest.fixture
def programme(people: dict[str, User]) -> Programme:
    lead = people["leadership"]
    wanted = NewProgramme(title="Plan <b>", language="en", starts_on=date(2026, 2, 9))
    made = do_create_programme(lead, wanted)
    for position, (title, days) in enumerate((("Assess", 10), ("Judge", 2), ("Alone", 1)), 1):
        PlanTask.objects.create(
            programme=made, position=position, code=str(position), title=title, days=days
        )
    one, two, _three = made.tasks.order_by("position")
    do_link_tasks(lead, before_id=one.pk, after_id=two.pk)
    do_set_baseline(lead, number=made.number)
    return made


@pytest.fixture
def lead(people: dict[str, User], client: Client) -> Client:
    client.force_login(people["leadership"])
    return client


def room(programme: Programme, rest: str = "") -> str:
    return f"/programmes/{programme.number}/schedule/{rest}"


def days(day: date) -> int:
    return (day - EPOCH).days


def test_the_chart_gets_dates_holidays_and_what_waits(lead: Client, programme: Programme) -> None:
    assert lead.get(room(programme)).status_code == 200
    answer = lead.get(room(programme, "data/"))
    data = json.loads(answer.content)
    first = data["tasks"][0]
    assert first[3:7] == ["1", "Assess", days(date(2026, 2, 9)), days(date(2026, 2, 27))]
    assert data["links"] == [[0, 1, 0, 0]]
    assert [days(date(2026, 2, 15)), 9, 1] in data["off"]
    assert [days(date(2026, 2, 28)), 1, 2] in data["off"]
    again = lead.get(room(programme, "data/"), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_a_drag_is_told_then_kept_and_a_conflict_shown(lead: Client, programme: Programme) -> None:
    task = programme.tasks.get(code="1")
    drag = {"task": task.pk, "version": task.version, "starts": days(date(2026, 2, 11))}
    told = lead.post(room(programme, "try/"), drag).json()
    assert told["says"] == "Moves 2 tasks, the end 2 working days later."
    assert {key for key, _start, _end in told["moved"]} == set(
        programme.tasks.filter(code__in="12").values_list("pk", flat=True)
    )
    task.refresh_from_db()
    assert task.not_before is None
    assert lead.post(room(programme, "keep/"), drag).json() == {"kept": True, "version": 2}
    task.refresh_from_db()
    assert (task.starts_on, task.ends_on) == (date(2026, 2, 11), date(2026, 3, 2))
    stretch = {"task": task.pk, "version": 1, "ends": days(date(2026, 3, 5))}
    late = lead.post(room(programme, "keep/"), stretch)
    assert late.status_code == 409
    assert "Assess" in late.json()["problem"]
    stretch["version"] = task.version
    assert lead.post(room(programme, "keep/"), stretch).status_code == 200
    task.refresh_from_db()
    assert (task.days, task.not_before) == (13, date(2026, 2, 11))
    undo = {"task": task.pk, "version": 3, "not_before": "", "days": 10}
    assert lead.post(room(programme, "keep/"), {**undo, "version": 2}).status_code == 409
    for wrong in ("", "x", "-1", "99999"):
        assert lead.post(room(programme, "keep/"), {**undo, "days": wrong}).status_code == 422
    assert lead.post(room(programme, "keep/"), undo).status_code == 200
    task.refresh_from_db()
    assert (task.days, task.not_before) == (10, None)


def test_a_circle_is_named_and_hostile_numbers_do_nothing(
    lead: Client, programme: Programme
) -> None:
    one, two, _three = programme.tasks.order_by("position")
    for step in ("try/", "keep/"):
        answer = lead.post(room(programme, step), {"before": two.pk, "after": one.pk})
        assert answer.status_code == 422
        assert "1 Assess → 2 Judge → 1 Assess" in answer.json()["problem"]
    assert PlanLink.objects.count() == 1
    for wrong in ({"task": "9" * 40}, {"task": "-1"}, {"before": one.pk, "after": "x"}, {}):
        assert lead.post(room(programme, "try/"), wrong).status_code == 422
    far = {"task": one.pk, "starts": "99999999999"}
    assert lead.post(room(programme, "try/"), far).json()["tasks"] == 0


def test_without_a_mouse(lead: Client, programme: Programme) -> None:
    one, two, three = programme.tasks.order_by("position")
    place = {"version": one.version, "not_before": "2026-02-12", "days": "10"}
    assert lead.post(room(programme, f"{one.pk}/place/"), place).status_code == 302
    assert lead.post(room(programme, f"{one.pk}/place/"), {**place, "days": 3}).status_code == 409
    page = lead.get(room(programme, f"{two.pk}/")).content.decode()
    assert "+3 · “1 Assess”, for which it waits, moved" in page
    assert "+3 · it may not begin before a later day" in page
    assert "Plan &lt;b&gt;" in page
    link = {"before": "3", "kind": "SS", "lag": "1"}
    assert lead.post(room(programme, f"{two.pk}/link/"), link).status_code == 302
    wrong = lead.post(room(programme, f"{three.pk}/link/"), {**link, "before": "2"})
    assert wrong.status_code == 422
    assert "2 Judge → 3 Alone → 2 Judge" in wrong.content.decode()
    assert lead.post(room(programme, f"{two.pk}/unlink/{three.pk}/")).status_code == 302
    assert PlanLink.objects.count() == 1
    said = lead.post(f"/plan-tasks/{two.pk}/why/", {"text": "ill"})
    assert said.status_code == 302
    table = lead.get(room(programme, "table/")).content.decode()
    assert "3 working days later" in table


def test_files_out_and_in(lead: Client, programme: Programme) -> None:
    book = lead.get(room(programme, "as/xlsx/")).content
    xml = lead.get(room(programme, "as/xml/")).content
    assert [task.title for task in read_sheet(book).tasks] == ["Assess", "Judge", "Alone"]
    assert read_mspdi(xml).tasks[0].baseline_end == date(2026, 2, 27)
    assert b"SUMMARY:1 Assess" in lead.get(room(programme, "as/ics/")).content
    assert lead.get(room(programme, "as/exe/")).status_code == 404
    sheet = "编号,任务名称,工期\n5,=1+1,2\n6,新任务,3\n".encode()
    brought = lead.post(room(programme, "import/"), {"file": SimpleUploadedFile("p.csv", sheet)})
    assert brought.status_code == 302
    look = lead.get(brought["Location"]).content.decode()
    assert "is a formula" in look
    assert "新任务" in look
    take = f"{brought['Location']}take/"
    assert lead.post(take).status_code == 422
    assert programme.tasks.count() == 3
    for _click in range(2):
        assert lead.post(take, {"partly": "yes"}).status_code == 302
    assert programme.tasks.count() == 4
    bad = lead.post(
        room(programme, "import/"), {"file": SimpleUploadedFile("p.xlsx", b"PK\x03\x04x")}
    )
    assert bad.status_code == 422
    assert PlanImport.objects.count() == 1


def test_a_year_is_announced(lead: Client, programme: Programme) -> None:
    page = lead.get("/workdays/?year=2026").content.decode()
    assert page.count('class="d-make_up"') >= 4
    wrong = lead.post("/workdays/change/?year=2026", {"days": "2026-03-02 off\nsoon off"})
    assert wrong.status_code == 422
    assert "Line 2" in wrong.content.decode()
    lead.post("/workdays/change/?year=2026", {"days": "2026-02-26..2026-02-27 off Move"})
    assert programme.tasks.get(code="1").ends_on == date(2026, 3, 2)
    assert lead.get("/workdays/?year=99999").status_code == 200


def test_who_only_works_on_the_plan_sees_no_schedule(
    people: dict[str, User], client: Client, programme: Programme
) -> None:
    client.force_login(people["employee"])
    for rest in ("", "data/", "table/", "as/xlsx/"):
        assert client.get(room(programme, rest)).status_code == 403


def test_a_large_plan_costs_no_more_queries(
    lead: Client, programme: Programme, django_assert_max_num_queries: Callable[..., object]
) -> None:
    rows = (
        PlanTask(programme=programme, position=n, code=str(n), title=f"T{n}", days=1)
        for n in range(10, 400)
    )
    PlanTask.objects.bulk_create(rows)
    lead.get(room(programme, "data/"))
    with django_assert_max_num_queries(14):
        lead.get(room(programme, "data/"))
