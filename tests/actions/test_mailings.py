"""Letters to lists: nobody twice, nobody who unsubscribed, nobody learns who answered."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from shangdun.actions.communication.draft import do_approve_item, do_edit_item
from shangdun.actions.communication.lines import NewLine, do_add_line
from shangdun.actions.communication.make import do_add_item
from shangdun.actions.communication.send import do_send_item
from shangdun.actions.drills.plan import DrillPlan, do_plan_drill
from shangdun.actions.drills.play import do_begin_drill
from shangdun.actions.mailings.forget import (
    ANYBODY,
    do_erase_address_list,
    do_put_off,
    do_subscribe_again,
    do_unsubscribe,
)
from shangdun.actions.mailings.lists import do_add_recipients, read_sheet
from shangdun.actions.mailings.send import do_start_mailing, do_stop_mailing
from shangdun.actions.mailings.survey import (
    do_edit_mailing,
    do_invite_by_letter,
    do_remind_by_letter,
)
from shangdun.actions.notices.settings import do_set_letters
from shangdun.actions.surveys.answer import ANYBODY as ANSWERS
from shangdun.actions.surveys.answer import do_answer_survey
from shangdun.actions.surveys.opening import do_close_survey
from shangdun.govern.communication.lines import Audience, Content, Frequency, Way
from shangdun.govern.rhythm.windows import Place
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.notify.letters.delivery import Fate, Outcome, Parcel
from shangdun.notify.letters.template import Text
from shangdun.records.actor import SETUP
from shangdun.records.mailings import mailing_tally, mark_behind
from shangdun.records.models import (
    Communication,
    CommunicationProof,
    LedgerEntry,
    Mailing,
    MailingLetter,
    Recipient,
    SurveyInvitation,
    Unsubscribed,
)
from shangdun.records.roles import Role
from shangdun.respond.affected.identity import Identity
from shangdun.respond.affected.table import rows_in
from shangdun.runtime.programme.surveys import keep_surveys
from shangdun.runtime.response.letters import LetterSender

from .cases.mailings import BASE, PEOPLE, SERVER, draft, filled, started, survey_open
from .conftest import NOON

pytestmark = pytest.mark.django_db
CLOCK = FixedClock(NOON)


class Post:
    """A mail server that takes everything, but what it is told to refuse."""

    idempotent = False

    def __init__(self) -> None:
        self.taken: list[Parcel] = []
        self.refuse: dict[str, Outcome] = {}

    def carry(self, parcel: Parcel) -> Outcome:
        if parcel.address in self.refuse:
            return self.refuse[parcel.address]
        self.taken.append(parcel)
        return Outcome(Fate.SENT, "250 2.0.0")

    def close(self) -> None: ...

    def to(self) -> list[str]:
        return sorted(one.address for one in self.taken)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def send(tmp_path, post: Post, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))

    def run(clock=CLOCK) -> None:
        Mailing.objects.update(per_minute=100_000)
        sender = LetterSender(tmp_path, threading.Event(), clock, opener=lambda *_: post)
        for _turn in range(50):
            if not sender.turn():
                return

    return run


def link_in(parcel: Parcel) -> str:
    found = re.search(rf"{BASE}/s/([0-9a-f]+)/", parcel.text.body)
    assert found
    return found[1]


def answer(parcel: Parcel) -> bool:
    return do_answer_survey(ANSWERS, {"overall": ["5"]}, token=link_in(parcel), clock=CLOCK)


def test_each_gets_one_letter_with_a_link_of_his_own_and_a_way_out(send, post) -> None:
    mailing = started()
    send()
    assert post.to() == sorted(one.email for one in PEOPLE)
    assert len({link_in(one) for one in post.taken}) == len(PEOPLE)
    first = post.taken[0]
    assert first.unsubscribe.startswith(f"{BASE}/u/")
    assert first.unsubscribe in first.text.body
    assert "您同意接收调查。" in first.text.body
    assert first.text.body.startswith("尊敬的客户")
    assert answer(first)
    assert not answer(first)
    mailing.refresh_from_db()
    assert mailing.state == "sent"
    told = LedgerEntry.objects.get(action="finish_mailing").payload
    assert '"sent":12' in str(told).replace(" ", "").replace("'", '"')
    assert not any(one.email in str(told) for one in PEOPLE)


def test_who_stands_in_two_lists_or_is_invited_again_gets_no_second_letter(send, post) -> None:
    mailing = started()
    send()
    other = filled("other", [*PEOPLE[:5], Identity(email="new@mail.example")])
    again = do_invite_by_letter(
        SETUP, [other, *mailing.lists.values_list("pk", flat=True)],
        number=mailing.survey.number, clock=CLOCK,
    )  # fmt: skip
    do_start_mailing(SETUP, mailing_id=again.pk, clock=CLOCK)
    send()
    assert post.to().count("c0@mail.example") == 1
    assert len(post.taken) == len(PEOPLE) + 1
    assert SurveyInvitation.objects.count() == len(PEOPLE) + 1


def test_two_clicks_at_once_prepare_and_start_it_once(send, post) -> None:
    survey, lists = survey_open(), [filled()]
    do_set_letters(SETUP, SERVER, clock=CLOCK)
    one, two = (
        do_invite_by_letter(SETUP, lists, number=survey.number, clock=CLOCK) for _ in range(2)
    )
    assert one.pk == two.pk
    for _click in range(2):
        do_start_mailing(SETUP, mailing_id=one.pk, version=one.version, clock=CLOCK)
    assert LedgerEntry.objects.filter(action="start_mailing").count() == 1
    send()
    assert len(post.taken) == len(PEOPLE)


def test_a_reminder_goes_once_and_only_to_those_whose_link_is_unused(send, post) -> None:
    survey = started().survey
    send()
    answered = post.taken[:5]
    for parcel in answered:
        answer(parcel)
    post.taken.clear()
    first = do_remind_by_letter(SETUP, number=survey.number, clock=CLOCK)
    assert do_remind_by_letter(SETUP, number=survey.number, clock=CLOCK).pk == first.pk
    send()
    assert not {one.address for one in answered} & set(post.to())
    assert len(post.taken) == len(PEOPLE) - 5
    assert mailing_tally(first)["skipped"] == 5
    assert "不会再次提醒" in post.taken[0].text.body


def test_when_the_survey_is_closed_nothing_tells_who_had_answered(send, post) -> None:
    mailing = started()
    survey = mailing.survey
    send()
    for parcel in post.taken[:5]:
        answer(parcel)
    order = list(SurveyInvitation.objects.order_by("pk").values_list("token_hash", flat=True))
    reminder = do_remind_by_letter(SETUP, number=survey.number, clock=CLOCK)
    send()
    do_close_survey(SETUP, number=survey.number, clock=CLOCK)
    keep_surveys(CLOCK)
    reminder.refresh_from_db()
    assert not reminder.letters.exists()
    assert mailing_tally(reminder) | {"sent": 7, "skipped": 5} == mailing_tally(reminder)
    # Of the invitation's letters everybody has one, so that they tell nothing.
    assert set(mailing.letters.values_list("state", flat=True)) == {"sent"}
    rows = SurveyInvitation.objects.order_by("pk").values_list("token_hash", flat=True)
    assert list(rows) == sorted(order)


def test_by_the_clock_the_reminder_leaves_five_days_before_the_end(send, post) -> None:
    survey = started().survey
    send()
    post.taken.clear()
    late = FixedClock(NOON + timedelta(days=16))
    for _tick in range(3):
        keep_surveys(late)
        send(late)
    assert survey.mailings.filter(kind="reminder").count() == 1
    assert len(post.taken) == len(PEOPLE)


def test_few_people_are_not_reminded_as_that_would_tell_who_answered(send) -> None:
    do_set_letters(SETUP, SERVER, clock=CLOCK)
    survey = survey_open()
    lists = [filled(people=PEOPLE[:3])]
    mailing = do_invite_by_letter(SETUP, lists, number=survey.number, clock=CLOCK)
    do_start_mailing(SETUP, mailing_id=mailing.pk, clock=CLOCK)
    send()
    with pytest.raises(UsageError) as told:
        do_remind_by_letter(SETUP, number=survey.number, clock=CLOCK)
    assert told.value.code == "mailing.few"


def test_who_unsubscribed_by_link_or_by_telephone_is_left_out(send, post) -> None:
    mailing = started()
    send()
    token = post.taken[0].unsubscribe.split("/")[-2]
    gone = post.taken[0].address
    do_unsubscribe(ANYBODY, token=token, clock=CLOCK)
    do_unsubscribe(ANYBODY, token=token, clock=CLOCK)
    do_put_off(SETUP, " C7@Mail.example ", clock=CLOCK)
    assert Unsubscribed.objects.count() == 2
    assert LedgerEntry.objects.filter(action="unsubscribe").count() == 1
    post.taken.clear()
    do_remind_by_letter(SETUP, number=mailing.survey.number, clock=CLOCK)
    send()
    assert not {gone, "c7@mail.example"} & set(post.to())
    assert len(post.taken) == len(PEOPLE) - len({gone, "c7@mail.example"})
    assert do_subscribe_again(ANYBODY, token=token, clock=CLOCK)


def test_who_unsubscribes_while_letters_leave_gets_none(send, post) -> None:
    mailing = started()
    do_put_off(SETUP, "c3@mail.example", clock=CLOCK)
    send()
    assert "c3@mail.example" not in post.to()
    assert mailing_tally(mailing)["sent"] == len(PEOPLE) - 1


@pytest.mark.parametrize("token", ["", "0" * 54, "=" * 54, "é" * 10, "A" * 4000])
def test_a_link_that_is_not_of_ours_unsubscribes_nobody(token) -> None:
    assert mark_behind(token) == ""
    with pytest.raises(NotFound):
        do_unsubscribe(ANYBODY, token=token, clock=CLOCK)


def test_an_address_that_does_not_exist_is_not_written_to_again(send, post) -> None:
    post.refuse = {
        "c1@mail.example": Outcome(Fate.BOUNCED, "550 5.1.1"),
        "c2@mail.example": Outcome(Fate.BOUNCED, "554 5.7.1"),  # refused for what we are
    }
    started()
    send()
    post.refuse = {}
    other = do_invite_by_letter(SETUP, [filled("b")], number=survey_open().number, clock=CLOCK)
    do_start_mailing(SETUP, mailing_id=other.pk, clock=CLOCK)
    post.taken.clear()
    send()
    assert "c1@mail.example" not in post.to()
    assert "c2@mail.example" in post.to()


def test_letters_that_wait_when_the_survey_closes_do_not_leave(send, post) -> None:
    mailing = started()
    do_close_survey(SETUP, number=mailing.survey.number, clock=CLOCK)
    send()
    mailing.refresh_from_db()
    assert (post.taken, mailing.state) == ([], "stopped")


def test_an_erased_list_is_empty_and_nobody_on_it_is_written_to(send, post) -> None:
    mailing = draft()
    row = mailing.lists.get()
    do_erase_address_list(SETUP, list_id=row.pk, clock=CLOCK)
    row.refresh_from_db()
    assert (row.kept, Recipient.objects.count()) == (len(PEOPLE), 0)
    with pytest.raises(UsageError) as told:
        do_start_mailing(SETUP, mailing_id=mailing.pk, clock=CLOCK)
    assert told.value.code == "mailing.nobody"


def test_names_and_addresses_are_sealed_in_the_database() -> None:
    filled()
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark, sealed FROM records_recipient")
        rows = cursor.fetchall()
    assert len(rows) == len(PEOPLE)
    assert not any(b"mail.example" in bytes(sealed) or "mail" in mark for mark, sealed in rows)


def test_a_text_without_the_link_or_with_another_place_is_refused() -> None:
    mailing = draft()
    for body, code in (("{name}", "mailing.link"), ("{link} {email}", "notice.place")):
        with pytest.raises(UsageError) as told:
            do_edit_mailing(SETUP, {"zh": Text("x", body)}, mailing_id=mailing.pk, clock=CLOCK)
        assert told.value.code == code


def test_a_stopped_draft_is_put_away_and_a_new_one_can_be_made() -> None:
    mailing = draft()
    do_stop_mailing(SETUP, mailing_id=mailing.pk, clock=CLOCK)
    lists = list(mailing.lists.values_list("pk", flat=True))
    number = mailing.survey.number
    assert do_invite_by_letter(SETUP, lists, number=number, clock=CLOCK).pk != mailing.pk


SHEET = """姓名,邮箱,语言
张三,zhang@mail.example,zh
Ann,ANN@mail.example,English
张三,Zhang@Mail.example,zh
无,not an address,zh
=HYPERLINK("x"),li@mail.example,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_row_by_row(encoding) -> None:
    sheet = read_sheet(rows_in([SHEET.encode(encoding)]))
    assert [one.email for one in sheet.people] == [
        "zhang@mail.example", "ann@mail.example", "li@mail.example"
    ]  # fmt: skip
    assert [one.language for one in sheet.people] == ["zh", "en", ""]
    assert (sheet.wrong, sheet.refused, sheet.twice) == (((5, "email"),), 1, 1)


def test_addresses_alone_are_a_sheet_and_a_sheet_without_any_is_told() -> None:
    assert len(read_sheet(rows_in([b"a@mail.example\nb@mail.example\n"])).people) == 2
    with pytest.raises(UsageError) as told:
        read_sheet(rows_in([b"name,city\nAnn,Ulm\n"]))
    assert told.value.code == "addresses.column"


def test_filling_a_list_again_adds_nobody_twice() -> None:
    list_id = filled()
    added = do_add_recipients(
        SETUP, [*PEOPLE, Identity(email="x@mail.example")], list_id=list_id, clock=CLOCK
    )
    assert (added.fresh, added.known) == (1, len(PEOPLE))


LINE = NewLine(
    title_zh="进展", title_en="", content=Content.PROGRESS, audiences=(Audience.USERS,),
    ways=(Way.EMAIL,), frequency=Frequency.MONTHLY, place=Place.END,
)  # fmt: skip


def item(content=Content.PROGRESS, **about) -> Communication:
    import msgspec  # noqa: PLC0415 - of this one function

    line = do_add_line(SETUP, msgspec.structs.replace(LINE, content=content), clock=CLOCK)
    made = do_add_item(SETUP, line_id=line.pk, title="安全进展", clock=CLOCK)
    Communication.objects.filter(pk=made.pk).update(about=about)
    do_edit_item(
        SETUP, item_id=made.pk, title="安全进展", body="本月 **无** {name} 事件。", clock=CLOCK
    )
    return do_approve_item(SETUP, item_id=made.pk, clock=CLOCK)


def test_an_approved_text_of_the_plan_goes_to_the_lists_of_its_audience(send, post) -> None:
    do_set_letters(SETUP, SERVER, clock=CLOCK)
    filled("users", plan=True)
    filled("not asked", [Identity(email="other@mail.example")])
    filled("suppliers", [Identity(email="s@mail.example")], plan=True, audience="suppliers")
    made = item()
    for _click in range(2):
        do_send_item(SETUP, item_id=made.pk, clock=CLOCK)
    send()
    assert post.to() == sorted(one.email for one in PEOPLE)
    assert "本月 无 { name } 事件。" in post.taken[0].text.body
    proof = CommunicationProof.objects.get(communication=made)
    assert (proof.kind, proof.count) == ("letters", len(PEOPLE))
    made.refresh_from_db()
    assert made.state == "sent"


def test_what_the_law_demands_reaches_those_who_unsubscribed(send, post) -> None:
    do_set_letters(SETUP, SERVER, clock=CLOCK)
    filled("users", plan=True)
    do_put_off(SETUP, "c4@mail.example", clock=CLOCK)
    do_send_item(SETUP, item_id=item(Content.INCIDENT).pk, clock=CLOCK)
    send()
    parcel = next(one for one in post.taken if one.address == "c4@mail.example")
    assert parcel.unsubscribe == ""
    assert "依法告知" in parcel.text.body


def test_nothing_leaves_from_a_drill(somebody, home, send, post) -> None:
    del home
    boss = somebody(Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, name="boss")
    plan = DrillPlan(title="Q3", scenario="data_breach", planned_at=NOON)
    planned = do_plan_drill(boss, plan, clock=CLOCK)
    rehearsed = do_begin_drill(boss, number=planned.number, clock=CLOCK).incidents.get()
    do_set_letters(SETUP, SERVER, clock=CLOCK)
    filled("users", plan=True)
    made = item(Content.INCIDENT, kind="incident", number=rehearsed.number)
    with pytest.raises(UsageError) as told:
        do_send_item(SETUP, item_id=made.pk, clock=CLOCK)
    assert told.value.code == "drill.outward"
    # The database refuses the row, whoever forgets to ask.
    with pytest.raises(DatabaseError, match="drill"), transaction.atomic():
        Mailing.objects.create(uid="d", topic="d", incident=rehearsed, prepared_at=NOON)
    send()
    assert post.taken == []
    assert not MailingLetter.objects.exists()
