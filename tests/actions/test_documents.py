"""Controlled documents: their way, separated duties, what never changes, who is reminded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_return_document,
    do_review_document,
    do_submit_document,
    do_withdraw_document,
)
from shangdun.actions.documents.company import CompanyFacts, do_change_company
from shangdun.actions.documents.duties import do_finish_duty, later, step_of
from shangdun.actions.documents.plan import built_in_plan
from shangdun.actions.documents.readers import do_acknowledge_document
from shangdun.actions.documents.write import (
    NewDocument,
    Wording,
    do_begin_version,
    do_edit_draft,
    do_write_document,
)
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.papers.blocks import Heading, plain
from shangdun.papers.markup import read, slots
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import get_document, get_version, visible_documents
from shangdun.records.models import (
    Acknowledgement,
    Company,
    Document,
    DocumentVersion,
    LedgerEntry,
    Message,
    ReviewDuty,
    User,
)
from shangdun.records.roles import Role
from shangdun.respond.groups import Group
from shangdun.runtime.response.documents import remind_of_documents

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
POLICY = NewDocument(
    kind="policy",
    title="Policy",
    language="en",
    body="## 1. Scope\n\nAll of us.\n",
    readers=(Group.LEADERSHIP, Group.TECHNICAL_SUPPORT, Group.LEGAL),
    meeting_months=3,
)


class Office:
    """Those who write, review, approve and read."""

    def __init__(self, somebody: Callable[..., User]) -> None:
        self.author = somebody(Role.TECHNICAL_SUPPORT, name="author")
        self.reviewer = somebody(Role.TECHNICAL_SUPPORT, name="reviewer")
        self.approver = somebody(Role.LEADERSHIP, name="approver")
        self.reader = somebody(Role.LEGAL, name="reader")
        self.employee = somebody(Role.EMPLOYEE, name="employee")
        self.clock = FixedClock(NOON)

    def at(self, **later: float) -> FixedClock:
        return FixedClock(NOON + timedelta(**later))

    def draft(self) -> DocumentVersion:
        return do_write_document(self.author, POLICY, clock=self.clock)

    def submitted(self, version: DocumentVersion | None = None) -> dict[str, int]:
        version = version or self.draft()
        at = {"number": version.document.number, "version_number": version.number}
        do_submit_document(
            self.author,
            **at,
            reviewer=self.reviewer.pk,
            approver=self.approver.pk,
            clock=self.clock,
        )
        return at

    def approved(self, version: DocumentVersion | None = None) -> dict[str, int]:
        at = self.submitted(version)
        do_review_document(self.reviewer, **at, clock=self.clock)
        do_approve_document(self.approver, **at, clock=self.clock)
        return at

    def published(self, version: DocumentVersion | None = None) -> dict[str, int]:
        at = self.approved(version)
        do_publish_document(self.author, **at, clock=self.clock)
        return at


@pytest.fixture
def office(somebody) -> Office:
    return Office(somebody)


def stands(at: dict[str, int]) -> DocumentVersion:
    return DocumentVersion.objects.get(document__number=at["number"], number=at["version_number"])


def test_the_whole_way(office):
    at = office.published()
    row = stands(at)
    assert row.state == "published"
    assert (row.author, row.reviewer, row.approver) == (
        office.author, office.reviewer, office.approver,
    )  # fmt: skip
    owed = {one.person.username for one in row.acknowledgements.all()}
    assert owed == {"author", "reviewer", "approver", "reader"}
    said = [entry.action for entry in LedgerEntry.objects.order_by("seq")]
    assert said == [
        "write_document", "submit_document", "review_document", "approve_document",
        "publish_document",
    ]  # fmt: skip
    kinds = list(Message.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["document_review", "document_approval", "document_published"]


def test_the_next_version_supersedes(office):
    at = office.published()
    second = do_begin_version(office.author, number=at["number"], of=1)
    assert do_begin_version(office.author, number=at["number"], of=1).pk == second.pk
    do_edit_draft(
        office.author,
        number=at["number"],
        version_number=2,
        wording=Wording(title="Policy, better", body="## 1\n\nMore.\n", changes="better"),
    )
    office.published(get_version(office.author, at["number"], 2))
    states = dict(DocumentVersion.objects.values_list("number", "state"))
    assert states == {1: "superseded", 2: "published"}
    assert Document.objects.get().title == "Policy, better"
    assert ReviewDuty.objects.filter(kind="review", done_at=None).count() == 1


@pytest.mark.parametrize("who", ["reviewer", "approver"])
def test_nobody_judges_what_he_wrote(office, who):
    at = {"number": office.draft().document.number, "version_number": 1}
    wrote = office.approver if who == "approver" else office.reviewer
    do_edit_draft(wrote, **at, wording=Wording(title="Policy", body="## mine\n"))
    with pytest.raises(UsageError) as caught:
        office.submitted(stands(at))
    assert caught.value.code == "document.duties"


def test_a_writer_who_comes_after_the_submission_stops_it(office):
    at = office.submitted()
    do_review_document(office.reviewer, **at)
    do_edit_draft(office.approver, **at, wording=Wording(title="Policy", body="## 2\n"))
    assert stands(at).state == "draft"
    with pytest.raises(UsageError) as caught:
        do_approve_document(office.approver, **at)
    assert caught.value.code == "document.state"


def test_only_who_was_named_judges(office, somebody):
    at = office.submitted()
    other = somebody(Role.LEADERSHIP, name="other")
    for act in (do_review_document, do_approve_document):
        with pytest.raises(NotAllowed):
            act(other, **at)
    with pytest.raises(UsageError) as caught:
        do_approve_document(office.approver, **at)
    assert caught.value.code == "document.unreviewed"
    with pytest.raises(NotAllowed):
        do_return_document(other, **at, remark="no")


def test_who_may_not_approve_is_not_chosen(office):
    at = {"number": office.draft().document.number, "version_number": 1}
    with pytest.raises(UsageError) as caught:
        do_submit_document(
            office.author, **at, reviewer=office.reviewer.pk, approver=office.reader.pk
        )
    assert caught.value.code == "document.unable"


@pytest.mark.parametrize("state", ["approved", "published"])
def test_what_was_approved_never_changes(office, state):
    at = office.approved() if state == "approved" else office.published()
    with pytest.raises(UsageError) as caught:
        do_edit_draft(office.author, **at, wording=Wording(title="Policy", body="other"))
    assert caught.value.code == "document.state"
    for change in ({"body": "other"}, {"title": "x"}, {"sha256": ""}, {"state": "draft"}):
        with pytest.raises(DatabaseError, match="approved"), transaction.atomic():
            DocumentVersion.objects.filter(pk=stands(at).pk).update(**change)
    assert stands(at).body == POLICY.body


def test_a_text_that_was_changed_behind_it_is_not_published(office):
    at = office.approved()
    table = "" if connection.vendor == "sqlite" else " ON records_documentversion"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER document_no_change{table}")
        cursor.execute("UPDATE records_documentversion SET body = 'evil'")
    with pytest.raises(UsageError) as caught:
        do_publish_document(office.author, **at)
    assert caught.value.code == "document.altered"


def test_a_change_after_approval_makes_a_new_version(office):
    at = office.approved()
    fresh = do_begin_version(office.author, number=at["number"], of=1)
    assert (fresh.number, fresh.state) == (2, "draft")
    assert stands(at).state == "withdrawn"


def test_two_writers_lose_nothing(office):
    draft = office.draft()
    at = {"number": draft.document.number, "version_number": 1}
    first = Wording(title="Policy", body="## first\n")
    do_edit_draft(office.author, **at, wording=first, version=draft.version)
    second = Wording(title="Policy", body="## second\n")
    with pytest.raises(EditConflict) as caught:
        do_edit_draft(office.reviewer, **at, wording=second, version=draft.version)
    assert caught.value.mine["body"] == "## second\n"
    assert caught.value.theirs["body"] == "## first\n"
    assert stands(at).body == "## first\n"


def test_a_review_of_another_text_is_refused(office):
    at = office.submitted()
    seen = stands(at).version
    do_edit_draft(office.author, **at, wording=Wording(title="Policy", body="## other\n"))
    do_submit_document(
        office.author, **at, reviewer=office.reviewer.pk, approver=office.approver.pk
    )
    with pytest.raises(EditConflict):
        do_review_document(office.reviewer, **at, version=seen)


@pytest.mark.parametrize("verb", ["write", "submit", "review", "approve", "publish", "acknowledge"])
def test_a_second_click_does_nothing(office, verb):
    if verb == "write":
        assert office.draft().pk == office.draft().pk
    else:
        at = office.published()
        acts = {
            "submit": None,
            "review": lambda: do_review_document(office.reviewer, **at),
            "approve": lambda: do_approve_document(office.approver, **at),
            "publish": lambda: do_publish_document(office.author, **at),
            "acknowledge": lambda: do_acknowledge_document(office.reader, **at),
        }
        if act := acts[verb]:
            act()
            before = LedgerEntry.objects.count()
            act()
            assert LedgerEntry.objects.count() == before
        else:
            fresh = do_begin_version(office.author, number=at["number"], of=1)
            again = office.submitted(fresh)
            before = LedgerEntry.objects.count()
            office.submitted(stands(again))
            assert LedgerEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_publish_once(office):
    at = office.approved()
    wrong: list[Exception] = []

    def publish() -> None:
        try:
            do_publish_document(office.author, **at)
        except Exception as error:  # noqa: BLE001  shown below
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert LedgerEntry.objects.filter(action="publish_document").count() == 1
    assert Acknowledgement.objects.count() == 4


def test_sending_back_says_why(office):
    at = office.submitted()
    with pytest.raises(UsageError):
        do_return_document(office.reviewer, **at, remark=" ")
    do_return_document(office.reviewer, **at, remark="section 2 is missing")
    row = stands(at)
    assert (row.state, row.remark) == ("draft", "section 2 is missing")
    assert Message.objects.filter(kind="document_returned").count() == 1


def test_withdrawing_what_is_in_force(office):
    at = office.published()
    with pytest.raises(NotAllowed):
        do_withdraw_document(office.author, **at, remark="old")
    do_withdraw_document(office.approver, **at, remark="old")
    assert stands(at).state == "withdrawn"
    assert not ReviewDuty.objects.exists()
    assert not Acknowledgement.objects.exists()


def test_readers_see_what_is_in_force_only(office):
    at = {"number": office.draft().document.number, "version_number": 1}
    for who in (office.reader, office.employee):
        assert not visible_documents(who).exists()
        with pytest.raises(NotFound):
            get_document(who, at["number"])
    office.published(stands(at))
    do_begin_version(office.author, number=at["number"], of=1)
    assert get_version(office.employee, at["number"], 1)
    with pytest.raises(NotFound):
        get_version(office.employee, at["number"], 2)


def test_reminders_near_the_day_and_after_it_every_three_days(office):
    at = office.published()
    do_acknowledge_document(office.reader, **at, clock=office.at(days=1))
    told = []
    for day in range(25):
        remind_of_documents(office.at(days=day))
        remind_of_documents(office.at(days=day))  # a process that died repeats itself
        told.append(Message.objects.filter(kind="ack_reminder").count())
    assert told[9] == 0
    assert told[10] == 3, "author, reviewer, approver, four days ahead"
    assert told[13] == 3
    assert told[14] == 6
    assert told[16] == 6
    assert told[17] == 9
    late = Acknowledgement.objects.filter(acknowledged_at=None)
    assert {row.reminders for row in late} == {2 + (24 - 14) // 3}


def test_who_joins_later_is_asked_too(office, somebody):
    office.published()
    somebody(Role.LEGAL, name="newcomer")
    remind_of_documents(office.at(days=30))
    row = Acknowledgement.objects.get(person__username="newcomer")
    assert row.due_at == NOON + timedelta(days=44)


def test_who_left_is_left_alone(office):
    office.published()
    User.objects.filter(username="reader").update(is_active=False)
    remind_of_documents(office.at(days=20))
    assert not Message.objects.filter(kind="ack_reminder", key__contains=f":{office.reader.pk}:")


def test_duties_are_dated_and_follow_each_other(office):
    at = office.published()
    due = {duty.kind: duty for duty in ReviewDuty.objects.all()}
    assert (due["review"].due_on, due["meeting"].due_on) == (date(2027, 3, 4), date(2026, 6, 4))
    with pytest.raises(UsageError):
        do_finish_duty(office.author, number=at["number"], duty_id=due["meeting"].pk, outcome="")
    for _ in range(2):
        do_finish_duty(
            office.author,
            number=at["number"],
            duty_id=due["meeting"].pk,
            outcome="Looked at readiness.",
            clock=FixedClock(datetime(2026, 6, 10, 4, tzinfo=UTC)),
        )
    open_meetings = ReviewDuty.objects.filter(kind="meeting", done_at=None)
    assert [duty.due_on for duty in open_meetings] == [date(2026, 9, 10)]


def test_owners_are_reminded_of_duties(office):
    office.published()
    told = []
    for day in range(75, 110):
        remind_of_documents(office.at(days=day))
        remind_of_documents(office.at(days=day))
        told.append((day, Message.objects.filter(kind="meeting_due").count()))
    # due 92 days after the publication: two weeks ahead, on the day, every week after it
    assert [n for (_, n), (_, before) in zip(told[1:], told, strict=False) if n > before] == [
        1,
        2,
        3,
        4,
    ]
    assert dict(told)[78] == 1
    assert dict(told)[92] == 2
    assert dict(told)[99] == 3


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 3, 4), 0, date(2026, 3, 4)),
    ],
)
def test_months_later(day, months, then):
    assert later(day, months) == then


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (15, ""),
        (14, "ahead"),
        (1, "ahead"),
        (0, "due"),
        (-6, "due"),
        (-7, "late:1"),
        (-21, "late:3"),
    ],
)
def test_steps_of_reminding(left, step):
    today = date(2026, 6, 4)
    assert step_of(ReviewDuty(due_on=today + timedelta(days=left)), today) == step


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{{nothing}}", "document.slot"),
        ("> [!boom] x", "paper.box"),
        ("x" * 400_001, "paper.long"),
    ],
)
def test_a_text_that_cannot_be_read_says_where(office, body, code):
    at = {"number": office.draft().document.number, "version_number": 1}
    with pytest.raises(UsageError) as caught:
        do_edit_draft(office.author, **at, wording=Wording(title="Policy", body=body))
    assert caught.value.code == code


def test_nobody_approves_what_nobody_sees(office):
    at = {"number": office.draft().document.number, "version_number": 1}
    wording = Wording(title="Po\u202elicy", body="a\u202eb\x1b[31mc\ufeff\r\nd\te\x00")
    do_edit_draft(office.author, **at, wording=wording)
    assert (stands(at).title, stands(at).body) == ("Policy", "ab[31mc\nd\te\\x00\n")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_plan_that_is_brought_along(office, language):
    hostile = Company(name_zh="甲*乙_丙[x](javascript:x){{contacts}}", name_en="A & B <b>* {{x}}")
    draft = do_write_document(office.author, built_in_plan(language, hostile))
    parts = read(draft.body)
    text = "\n".join(plain(part.text) for part in parts if hasattr(part, "text"))
    name = hostile.name_zh if language == "zh-hans" else hostile.name_en
    assert text.count(name) == 3
    names = [slot.name for slot in slots(parts)]
    assert names == [
        "organisation", "grades", "clocks", "supplies",
        "playbooks", "drills", "history", "contacts",
    ]  # fmt: skip
    sections = [plain(p.text) for p in parts if isinstance(p, Heading) and p.level == 1]
    assert len(sections) == 9
    assert draft.document.meeting_months == 3
    assert draft.document.review_months == 12


def test_the_company(office, somebody):
    boss = somebody(Role.ADMINISTRATOR, name="boss")
    row = do_change_company(boss, CompanyFacts(name_zh="甲", credit_code="91330100ma2h0000x0"))
    assert (row.version, row.credit_code) == (1, "91330100MA2H0000X0")
    assert do_change_company(boss, CompanyFacts(name_zh="甲", credit_code=row.credit_code)) == row
    do_change_company(boss, CompanyFacts(name_zh="乙"), version=1)
    with pytest.raises(EditConflict) as caught:
        do_change_company(boss, CompanyFacts(name_zh="丙"), version=1)
    assert (caught.value.mine["name_zh"], caught.value.theirs["name_zh"]) == ("丙", "乙")
    for facts, code in (
        (CompanyFacts(), "company.name"),
        (CompanyFacts(name_zh="甲", credit_code="123"), "company.credit_code"),
    ):
        with pytest.raises(UsageError) as refused:
            do_change_company(boss, facts)
        assert refused.value.code == code
    with pytest.raises(UsageError) as refused:
        do_change_company(boss, CompanyFacts(name_zh="甲"), logo=b"<svg/>")
    assert refused.value.code == "paper.logo"
    assert Company.objects.count() == 1
