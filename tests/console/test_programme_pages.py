"""The guided questions and a task's page as people use them, and a long programme's cost."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.records.actor import SETUP
from shangdun.records.models import (
    Company,
    GuidedAnswers,
    LedgerEntry,
    PlanTask,
    Programme,
    User,
)
from shangdun.records.roles import Role

pytestmark = pytest.mark.django_db
STEPS: dict[str, dict[str, object]] = {
    "company": {"name_zh": "示例商城有限公司", "name_en": "", "language": "zh-hans"},
    "platform": {"platform": ["web", "payments", "eu"], "customers": "120000"},
    "people": {},
    "start": {"title": "安全体系建设计划", "template": "built-in:ecommerce",
              "starts_on": "2026-03-02", "calendar": "cn"},
    "budget": {"budget": "800000", "currency": "cny"},
}  # fmt: skip


def _person(role: Role, name: str) -> User:
    user = User.objects.create(username=name)
    user.groups.set(Group.objects.filter(name=role.value))
    return user


@pytest.fixture
def lead() -> User:
    return _person(Role.LEADERSHIP, "lead")


@pytest.fixture
def browser(lead: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(lead)
    return client


def test_the_questions_make_a_programme_once_and_keep_what_was_typed(
    browser: Client, lead: User
) -> None:
    chief, worker = _person(Role.LEADERSHIP, "chief"), _person(Role.EMPLOYEE, "worker")
    steps = STEPS | {
        "people": {"role_lead": lead.pk, "role_operations": worker.pk, "reviewer": chief.pk,
                   "approver": chief.pk}
    }  # fmt: skip
    assert browser.get("/programmes/questions/").status_code == 200
    wrong = browser.post("/programmes/questions/platform/", {"customers": "many"})
    assert wrong.status_code == 422
    assert b"many" in wrong.content
    assert b"many" in browser.get("/programmes/questions/platform/").content  # back another day
    for step, given in steps.items():
        answered = browser.post(f"/programmes/questions/{step}/", given)
        assert answered.status_code == 302, answered.content.decode()[:2000]
    look = browser.get("/programmes/questions/look/")
    assert "120,000" in look.content.decode()
    assert not Programme.objects.exists()
    for _ in range(2):  # two clicks
        assert browser.post("/programmes/questions/look/")["Location"].endswith("/done/")
    (programme,) = Programme.objects.all()
    assert (programme.title, programme.reviewer, programme.currency) == (
        "安全体系建设计划", chief, "CNY",
    )  # fmt: skip
    assert PlanTask.objects.get(programme=programme, key="inventory").owner == worker
    assert PlanTask.objects.get(programme=programme, key="inventory").due == date(2026, 3, 6)
    company = Company.objects.get()
    assert (company.name_zh, company.serves_eu, company.takes_cards) == (
        "示例商城有限公司", True, True,
    )  # fmt: skip
    done = browser.get("/programmes/questions/done/").content.decode()
    row = GuidedAnswers.objects.get()
    assert len(row.made) >= 4
    for one in row.made:
        assert one["path"] in done
        assert not one["what"]["zh-hans"].isascii(), "said to each reader in his own language"
        assert one["what"]["en"].isascii()
    assert "/submit/" in done
    submitted = browser.post(
        f"/programmes/{programme.number}/submit/", {"reviewer": chief.pk, "approver": chief.pk}
    )
    assert submitted.status_code == 302
    assert "/documents/" in submitted["Location"]
    # A second run under the same title is refused and loses nothing.
    for step, given in steps.items():
        assert browser.post(f"/programmes/questions/{step}/", given).status_code == 302
    again = browser.post("/programmes/questions/look/")
    assert again.status_code == 422
    assert Programme.objects.count() == 1
    browser.post("/programmes/questions/start/", steps["start"] | {"title": "第二份计划"})
    assert browser.post("/programmes/questions/look/").status_code == 302
    assert Programme.objects.count() == 2
    assert LedgerEntry.objects.filter(action="finish_questions").count() == 2


def test_a_mistake_on_a_tasks_page_keeps_what_was_typed(browser: Client, lead: User) -> None:
    programme = _small(lead)
    task = PlanTask.objects.get(programme=programme, key="inventory")
    refused = browser.post(f"/programmes/tasks/{task.pk}/do/progress/", {"progress": "300"})
    assert refused.status_code == 422
    form = {"title": "x" * 201, "days": "5", "importance": "3", "urgency": "3",
            "description": "typed for ten minutes"}  # fmt: skip
    refused = browser.post(f"/programmes/tasks/{task.pk}/change/", form)
    assert refused.status_code == 422
    assert b"typed for ten minutes" in refused.content
    conflict = browser.post(
        f"/programmes/tasks/{task.pk}/change/", form | {"title": "Mine", "version": "77"}
    )
    assert conflict.status_code == 409
    criteria = {"c0-kind": "drill_held", "c0-least": "0", "version": task.version}
    assert browser.post(f"/programmes/tasks/{task.pk}/criteria/", criteria).status_code == 422
    criteria["c0-least"] = "2"
    assert browser.post(f"/programmes/tasks/{task.pk}/criteria/", criteria).status_code == 302
    (row,) = task.criteria.filter(archived_at=None)
    assert (row.kind, row.params) == ("drill_held", {"least": 2})


def _small(lead: User) -> Programme:
    wanted = NewProgramme(
        title="Plan", language="en", starts_on=date(2026, 3, 2), template="built-in:ecommerce",
        people={"lead": lead.pk},
    )  # fmt: skip
    return do_create_programme(SETUP, wanted)


def test_5000_tasks_open_within_their_promise(browser: Client, lead: User) -> None:
    programme = Programme.objects.create(
        number=1, title="Long", language="en", starts_on=date(2026, 3, 2),
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    tops = PlanTask.objects.bulk_create(
        PlanTask(programme=programme, kind="task", position=251 * n + 1, code=str(n + 1),
                 title=f"Task {n}", owner=lead, due=timezone.localdate())
        for n in range(20)
    )  # fmt: skip
    PlanTask.objects.bulk_create(
        PlanTask(programme=programme, parent=top, position=top.position + m, owner=lead,
                 code=f"{top.code}.{m}", title=f"Subtask {m}", description="d" * 200,
                 due=timezone.localdate(), days=3)
        for top in tops
        for m in range(1, 250)
    )  # fmt: skip
    assert programme.tasks.count() == 5000
    browser.get("/programmes/1/")  # templates are read once a process
    spent = []
    for _ in range(3):
        begun = time.process_time()
        assert browser.get("/programmes/1/").status_code == 200
        spent.append(time.process_time() - begun)
    assert min(spent) <= 0.3, spent
