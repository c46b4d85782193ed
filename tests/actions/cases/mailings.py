"""Lists of recipients and letters to them: how each action is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.actions.conftest import NOON

from shangdun.actions.mailings.forget import ANYBODY
from shangdun.actions.mailings.lists import NewList, do_add_recipients, do_make_address_list
from shangdun.actions.mailings.send import do_pause_mailing, do_start_mailing
from shangdun.actions.mailings.survey import do_invite_by_letter
from shangdun.actions.notices.settings import Sending, do_set_letters
from shangdun.actions.surveys.drafts import SurveyTexts, do_change_survey, do_prepare_survey
from shangdun.actions.surveys.opening import do_close_survey, do_open_survey
from shangdun.kernel.clock import FixedClock
from shangdun.notify.letters.dsn import Returned
from shangdun.notify.letters.template import Text
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.affected import email_mark
from shangdun.records.mailings import unsubscribe_token
from shangdun.records.models import (
    LetterState,
    Mailing,
    MailingLetter,
    PersonContact,
    Survey,
    Unsubscribed,
    User,
)
from shangdun.records.organisation import CONTACT
from shangdun.records.roles import Role
from shangdun.records.sealing import seal
from shangdun.respond.affected.identity import Identity

Case = tuple[tuple[Any, ...], dict[str, Any]]
CLOCK = FixedClock(NOON)
BASE = "https://notice.shop.example"
LIST = NewList(
    name="VIP", audience="users", purpose_zh="您同意接收调查。", purpose_en="You agreed.",
    origin="the shop's newsletter, ticked",
)  # fmt: skip
PEOPLE = [Identity(email=f"c{n}@mail.example", name=f"客户{n}") for n in range(12)]
SERVER = Sending(
    smtp_host="127.0.0.1", sender="service@shop.example", smtp_security="none",
    allowed_networks=("127.0.0.0/8",), public_address=BASE,
)  # fmt: skip
WORDS = {"zh": Text("调查", "{name}：{link}")}


def survey_open() -> Survey:
    survey = do_prepare_survey(SETUP, template="satisfaction", clock=CLOCK)
    named = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
    kept = {name: getattr(survey, name) for name in named}
    texts = SurveyTexts(**kept, closes_on=NOON.date() + timedelta(days=20))
    do_change_survey(SETUP, texts, number=survey.number, clock=CLOCK)
    return do_open_survey(SETUP, number=survey.number, clock=CLOCK)


def filled(name: str = "VIP", people: list[Identity] = PEOPLE, **more: Any) -> int:
    import msgspec  # noqa: PLC0415 - of this one function

    made = do_make_address_list(SETUP, msgspec.structs.replace(LIST, name=name, **more))
    do_add_recipients(SETUP, people, list_id=made.pk, clock=CLOCK)
    return made.pk


def draft() -> Mailing:
    do_set_letters(SETUP, SERVER, clock=CLOCK)
    return do_invite_by_letter(SETUP, [filled()], number=survey_open().number, clock=CLOCK)


def started() -> Mailing:
    return do_start_mailing(SETUP, mailing_id=draft().pk, clock=CLOCK)


def _letter(mailing: Mailing, state: LetterState, number: int = 0) -> MailingLetter:
    return MailingLetter.objects.create(
        mailing=mailing, mark=email_mark(f"c{number}@mail.example"), key=f"{number:032x}",
        language="zh", state=state, due_at=NOON,
    )  # fmt: skip


def _make_address_list(world: Any) -> Case:
    return (LIST,), {}


def _change_address_list(world: Any) -> Case:
    import msgspec  # noqa: PLC0415 - of this one function

    return (msgspec.structs.replace(LIST, plan=True),), {"list_id": filled()}


def _add_recipients(world: Any) -> Case:
    return (PEOPLE,), {"list_id": filled(people=[])}


def _erase_address_list(world: Any) -> Case:
    return (), {"list_id": filled()}


def _put_off(world: Any) -> Case:
    return ("c1@mail.example",), {}


def _token(world: Any) -> Case:
    return (), {"token": unsubscribe_token(email_mark("c1@mail.example"))}


def _subscribe_again(world: Any) -> Case:
    Unsubscribed.objects.get_or_create(mark=email_mark("c1@mail.example"), defaults={"at": NOON})
    return _token(world)


def _invite_by_letter(world: Any) -> Case:
    return ([filled()],), {
        "number": survey_open().number, "base": BASE, "clock": CLOCK,
    }  # fmt: skip


def _remind_by_letter(world: Any) -> Case:
    mailing = started()
    for number in range(len(PEOPLE)):
        _letter(mailing, LetterState.SENT, number)
    return (), {"number": mailing.survey.number, "clock": CLOCK}


def _edit_mailing(world: Any) -> Case:
    return (WORDS,), {"mailing_id": draft().pk}


def _try_mailing(world: Any) -> Case:
    """Everybody has an address of his own."""
    for person in User.objects.all():
        sealed = seal("own@shop.example", CONTACT)
        PersonContact.objects.create(person=person, kind="email", sealed=sealed)
    return ("own@shop.example",), {"mailing_id": draft().pk}


def _draft(world: Any) -> Case:
    return (), {"mailing_id": draft().pk, "clock": CLOCK}


def _started(world: Any) -> Case:
    return (), {"mailing_id": started().pk}


def _resume_mailing(world: Any) -> Case:
    mailing = started()
    do_pause_mailing(SETUP, mailing_id=mailing.pk, clock=CLOCK)
    return (), {"mailing_id": mailing.pk}


def _settle_uncertain_mailing(world: Any) -> Case:
    mailing = started()
    _letter(mailing, LetterState.UNCERTAIN)
    return (), {"mailing_id": mailing.pk, "again": False}


def _take_mailing_bounces(world: Any) -> Case:
    mailing = started()
    _letter(mailing, LetterState.SENT)
    back = Returned(f"{0:032x}", "", failed=True, status="5.1.1")
    return (), {"mailing_id": mailing.pk, "returned": [back]}


def _finish_mailing(world: Any) -> Case:
    mailing = started()
    Mailing.objects.filter(pk=mailing.pk).update(addressed=True)
    return (), {"mailing_id": mailing.pk, "clock": CLOCK}


def _forget_reminders(world: Any) -> Case:
    mailing = started()
    do_close_survey(SETUP, number=mailing.survey.number, clock=CLOCK)
    Mailing.objects.filter(pk=mailing.pk).update(kind="reminder", state="sent")
    _letter(mailing, LetterState.SKIPPED)
    return (), {"mailing_id": mailing.pk}


CASES = {
    "make_address_list": _make_address_list,
    "change_address_list": _change_address_list,
    "add_recipients": _add_recipients,
    "erase_address_list": _erase_address_list,
    "put_off": _put_off,
    "unsubscribe": _token,
    "subscribe_again": _subscribe_again,
    "invite_by_letter": _invite_by_letter,
    "remind_by_letter": _remind_by_letter,
    "edit_mailing": _edit_mailing,
    "try_mailing": _try_mailing,
    "start_mailing": _draft,
    "pause_mailing": _started,
    "resume_mailing": _resume_mailing,
    "stop_mailing": _started,
    "settle_uncertain_mailing": _settle_uncertain_mailing,
    "take_mailing_bounces": _take_mailing_bounces,
    "finish_mailing": _finish_mailing,
    "forget_reminders": _forget_reminders,
}
SYSTEM = {"unsubscribe", "subscribe_again", "finish_mailing", "forget_reminders"}
MAY = {key: {Role.LEADERSHIP, Role.CUSTOMER_SERVICE} for key in CASES} | {
    key: set() for key in SYSTEM
}
ACTORS = dict.fromkeys(CASES, SETUP) | {
    "unsubscribe": ANYBODY, "subscribe_again": ANYBODY, "finish_mailing": JOBS,
    "forget_reminders": JOBS,
}  # fmt: skip
