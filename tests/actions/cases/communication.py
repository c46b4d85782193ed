"""Communication, duties, knowledge, suggestions: how each action is called."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.actions.conftest import NOON

from shangdun.actions.communication.contacts import NewContact, do_add_contact
from shangdun.actions.communication.lines import NewLine, do_add_line
from shangdun.actions.communication.make import do_add_item
from shangdun.actions.communication.send import Held
from shangdun.actions.duties.groups import NewGroup, do_add_group
from shangdun.actions.duties.raci import Assigned, NewDuty, do_add_duty
from shangdun.actions.knowledge.pages import (
    NewPage,
    do_archive_page,
    do_change_page,
    do_pin_page,
    do_write_page,
)
from shangdun.actions.review.improve import Plan
from shangdun.actions.suggestions.answer import Reply
from shangdun.actions.suggestions.suggest import BOX, Proposal, do_suggest
from shangdun.govern.communication.lines import Audience, Content, Frequency, Way
from shangdun.govern.communication.raci import Letter
from shangdun.govern.rhythm.windows import Place
from shangdun.kernel.clock import FixedClock
from shangdun.notify.letters.delivery import Fate, Outcome
from shangdun.records.actor import SETUP
from shangdun.records.models import (
    AnswerState,
    Communication,
    DutyAnswer,
    DutyReview,
    OutsideLetter,
    PinnedTo,
    SuggestionState,
    User,
)
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]
CLOCK = FixedClock(NOON)
LINE = NewLine(
    title_zh="培训", title_en="Training", content=Content.TRAINING,
    audiences=(Audience.TECHNICAL,), ways=(Way.EMAIL, Way.MEETING), frequency=Frequency.MONTHLY,
    place=Place.END, maker="training", language="en",
)  # fmt: skip
PAGE = NewPage(title="Restore", body="How.")
CONTACT = NewContact(audience=Audience.PARTNERS, organisation="Acme", email="a@acme.example")
DUTY = NewDuty(title="Backups", parts=(Assigned(letter=Letter.ACCOUNTABLE, office="Head"),))
PLAN = Plan(title="Locks", group="logistics", due=date(2026, 9, 1), retest="look")


def _line(**changes: Any) -> Any:
    import msgspec  # noqa: PLC0415 - of this one function

    return do_add_line(SETUP, msgspec.structs.replace(LINE, **changes), clock=CLOCK)


def _item(body: str = "", **changes: Any) -> Any:
    return do_add_item(SETUP, line_id=_line(**changes).pk, title="T", body=body, clock=CLOCK)


def _page(world: Any) -> Any:
    return do_write_page(SETUP, PAGE, clock=CLOCK)


def _letter() -> OutsideLetter:
    item = _item(audiences=(Audience.PARTNERS,))
    contact = do_add_contact(SETUP, CONTACT, clock=CLOCK)
    return OutsideLetter.objects.create(
        communication=item, contact=contact, key="0" * 32, next_at=NOON
    )


def _review(world: Any, **changes: Any) -> DutyAnswer:
    days = {"opens_on": NOON.date(), "due_on": NOON.date(), "opened_at": NOON}
    row, _made = DutyReview.objects.get_or_create(key="2026-H1", defaults=days)
    for person in User.objects.order_by("-id"):
        answer, _made = DutyAnswer.objects.get_or_create(
            review=row, person=person, defaults=changes
        )
    return answer


def _add_line(world: Any) -> Case:
    return (LINE,), {}


def _change_line(world: Any) -> Case:
    row = _line()
    return (NewLine(**{**_fields(LINE), "days": 3}),), {"line_id": row.pk}


def _fields(one: Any) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415 - of this one function

    return dict(msgspec.structs.asdict(one))


def _archive_line(world: Any) -> Case:
    return (), {"line_id": _line().pk, "reason": "another"}


def _adopt_matrix(world: Any) -> Case:
    return (), {"keys": ["training-monthly"]}


def _make_due(world: Any) -> Case:
    row = do_add_line(SETUP, LINE, starts_on=date(2026, 1, 1), clock=CLOCK)
    return (), {"line_id": row.pk}


def _add_item(world: Any) -> Case:
    return (), {"line_id": _line().pk, "title": "New"}


def _draft_item(world: Any) -> Case:
    return (), {"item_id": _item().pk}


def _edit_item(world: Any) -> Case:
    return (), {"item_id": _item().pk, "title": "T", "body": "Text"}


def _approve_item(world: Any) -> Case:
    return (), {"item_id": _item("Text").pk}


def _drop_item(world: Any) -> Case:
    return (), {"item_id": _item().pk, "reason": "not needed"}


def _send_item(world: Any) -> Case:
    return (), {"item_id": _item("Text").pk}


def _prove_item(world: Any) -> Case:
    held = Held(way=Way.MEETING, on=NOON.date(), text="held")
    return (held,), {"item_id": _item().pk, "clock": CLOCK}


def _prove_by_record(world: Any) -> Case:
    contact = do_add_contact(SETUP, CONTACT, clock=CLOCK)
    contact.checked_on = NOON.date()
    contact.save()
    return (), {"item_id": _item(maker="contact_check", audiences=(Audience.PARTNERS,)).pk}


def _miss_item(world: Any) -> Case:
    item = _item()
    Communication.objects.update(closes_on=NOON.date() - timedelta(days=30))
    return (), {"item_id": item.pk}


def _remind_of_item(world: Any) -> Case:
    item = _item()
    Communication.objects.update(due_on=NOON.date() - timedelta(days=30))
    return (), {"item_id": item.pk}


def _add_contact(world: Any) -> Case:
    return (CONTACT,), {}


def _contact(world: Any) -> Any:
    return do_add_contact(SETUP, CONTACT, clock=CLOCK)


def _change_contact(world: Any) -> Case:
    wanted = NewContact(**{**_fields(CONTACT), "person": "Li"})
    return (wanted,), {"contact_id": _contact(world).pk}


def _check_contact(world: Any) -> Case:
    return (), {"contact_id": _contact(world).pk}


def _archive_contact(world: Any) -> Case:
    return (), {"contact_id": _contact(world).pk}


def _claim(world: Any) -> Case:
    _letter()
    return (), {}


def _settle(world: Any) -> Case:
    letter = _letter()
    OutsideLetter.objects.update(state="sending")
    return (), {"fates": {letter.pk: Outcome(Fate.SENT, "250")}}


def _resend(world: Any) -> Case:
    letter = _letter()
    OutsideLetter.objects.update(state="bounced")
    return (), {"letter_id": letter.pk}


def _add_duty(world: Any) -> Case:
    return (DUTY,), {}


def _duty(world: Any) -> Any:
    return do_add_duty(SETUP, DUTY, clock=CLOCK)


def _change_duty(world: Any) -> Case:
    return (NewDuty(title="Restores"),), {"duty_id": _duty(world).pk}


def _archive_duty(world: Any) -> Case:
    return (), {"duty_id": _duty(world).pk}


def _adopt_duties(world: Any) -> Case:
    return (), {"language": "en"}


def _add_group(world: Any) -> Case:
    return (NewGroup(name="Project"),), {}


def _group(world: Any) -> Any:
    return do_add_group(SETUP, NewGroup(name="Project"), clock=CLOCK)


def _change_group(world: Any) -> Case:
    return (NewGroup(name="Project", purpose="all"),), {"group_id": _group(world).pk}


def _archive_group(world: Any) -> Case:
    return (), {"group_id": _group(world).pk}


def _open_reviews(world: Any) -> Case:
    from shangdun.records.models import RaciDuty  # noqa: PLC0415 - of this one function

    _duty(world)
    RaciDuty.objects.update(created_at=NOON - timedelta(days=400))
    return (), {}


def _confirm(world: Any) -> Case:
    _review(world)
    return (), {}


def _correct(world: Any) -> Case:
    _review(world)
    return (), {"text": "I do more"}


def _settle_correction(world: Any) -> Case:
    row = _review(world, state=AnswerState.CORRECTED, text="x")
    return (), {"answer_id": row.pk, "text": "added"}


def _close_review(world: Any) -> Case:
    _review(world)
    return (), {"key": "2026-H1", "outcome": "fine"}


def _remind_duties(world: Any) -> Case:
    _review(world)
    return (), {"key": "2026-H1"}


def _write_page(world: Any) -> Case:
    return (PAGE,), {}


def _change_page(world: Any) -> Case:
    return (NewPage(title="Restore", body="Better."),), {"number": _page(world).number}


def _restore_page(world: Any) -> Case:
    page = _page(world)
    do_change_page(SETUP, NewPage(title="Restore", body="Worse."), number=page.number, clock=CLOCK)
    return (), {"number": page.number, "of": 1}


def _archive_page(world: Any) -> Case:
    return (), {"number": _page(world).number}


def _bring_back_page(world: Any) -> Case:
    page = _page(world)
    do_archive_page(SETUP, number=page.number, clock=CLOCK)
    return (), {"number": page.number}


def _pin(world: Any) -> Case:
    return (), {
        "number": _page(world).number, "kind": PinnedTo.INCIDENT,
        "subject": world.incident.number,
    }  # fmt: skip


def _unpin(world: Any) -> Case:
    _args, keywords = _pin(world)
    do_pin_page(SETUP, **keywords, clock=CLOCK)
    return (), keywords


def _suggest(world: Any) -> Case:
    return (Proposal(title="Locks", text="please"),), {}


def _suggest_unnamed(world: Any) -> Case:
    return (Proposal(title="Locks", text="please"),), {"code": "AAAA-BBBB-CCCC"}


def _suggested(world: Any) -> Any:
    return do_suggest(SETUP, Proposal(title="Locks", text="please"), clock=CLOCK)


def _answer(world: Any) -> Case:
    reply = Reply(answer="yes", state=SuggestionState.ACCEPTED)
    return (reply,), {"number": _suggested(world).number}


def _improve(world: Any) -> Case:
    return (PLAN,), {"number": _suggested(world).number}


def _remind_suggestion(world: Any) -> Case:
    from shangdun.records.models import Suggestion  # noqa: PLC0415 - of this one function

    row = _suggested(world)
    Suggestion.objects.update(given_on=NOON.date() - timedelta(days=40))
    return (), {"number": row.number}


CASES = {
    "add_line": _add_line,
    "change_line": _change_line,
    "archive_line": _archive_line,
    "adopt_matrix": _adopt_matrix,
    "make_due": _make_due,
    "add_item": _add_item,
    "draft_item": _draft_item,
    "edit_item": _edit_item,
    "approve_item": _approve_item,
    "drop_item": _drop_item,
    "send_item": _send_item,
    "prove_item": _prove_item,
    "prove_by_record": _prove_by_record,
    "miss_item": _miss_item,
    "remind_of_item": _remind_of_item,
    "add_contact": _add_contact,
    "change_contact": _change_contact,
    "check_contact": _check_contact,
    "archive_contact": _archive_contact,
    "claim_outside_letters": _claim,
    "settle_outside_letters": _settle,
    "resend_outside_letter": _resend,
    "add_duty": _add_duty,
    "change_duty": _change_duty,
    "archive_duty": _archive_duty,
    "adopt_duties": _adopt_duties,
    "add_group": _add_group,
    "change_group": _change_group,
    "archive_group": _archive_group,
    "open_duty_reviews": _open_reviews,
    "confirm_duties": _confirm,
    "correct_duties": _correct,
    "settle_correction": _settle_correction,
    "close_duty_review": _close_review,
    "remind_of_duties": _remind_duties,
    "write_page": _write_page,
    "change_page": _change_page,
    "restore_page": _restore_page,
    "archive_page": _archive_page,
    "bring_back_page": _bring_back_page,
    "pin_page": _pin,
    "unpin_page": _unpin,
    "suggest": _suggest,
    "suggest_unnamed": _suggest_unnamed,
    "answer_suggestion": _answer,
    "improve_by_suggestion": _improve,
    "remind_of_suggestion": _remind_suggestion,
}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
EVERYBODY = GROUPS | {Role.ADMINISTRATOR, Role.EMPLOYEE}
SYSTEM = {
    "make_due", "prove_by_record", "miss_item", "remind_of_item", "claim_outside_letters",
    "settle_outside_letters", "open_duty_reviews", "remind_of_duties", "suggest_unnamed",
    "remind_of_suggestion",
}  # fmt: skip
MAY: dict[str, set[Role]] = (
    {key: {Role.LEADERSHIP} for key in CASES}
    | {key: set() for key in SYSTEM}
    | {name: GROUPS for name in CASES if name.endswith("_page")}
    | dict.fromkeys(("suggest", "confirm_duties", "correct_duties"), EVERYBODY)
)
ACTORS = dict.fromkeys(SYSTEM, SETUP) | {"suggest_unnamed": BOX}
