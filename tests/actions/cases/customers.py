"""Who is affected, what customers are told, what they ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.affected.lists import About, Search
from shangdun.actions.complaints.log import Call
from shangdun.actions.notices.settings import Sending
from shangdun.actions.notices.write import Draft
from shangdun.notify.letters.dsn import Returned
from shangdun.notify.letters.template import Text
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.affected_upload import Upload
from shangdun.records.models import (
    AffectedList,
    Letter,
    LetterState,
    ListState,
    Notice,
    PersonContact,
    User,
)
from shangdun.records.organisation import CONTACT
from shangdun.records.roles import Role
from shangdun.records.sealing import seal
from shangdun.respond.affected.identity import Identity, Kind

Called = tuple[tuple[Any, ...], dict[str, Any]]
SOMEBODY = [(Kind.PERSON, Identity(email="li@mail.example", name="李"))]
DAY = datetime(2026, 3, 4, tzinfo=UTC)
SEARCH = Search(query="status:404", field="account", since=DAY, until=DAY + timedelta(hours=1))
DRAFT = Draft(title="First", channel="email", texts={"zh": Text("重要通知", "尊敬的{name}：…")})
OTHER = Draft(title="First", channel="email", texts={"zh": Text("重要通知", "尊敬的{name}：改")})
POSTED = Draft(title="First", channel="posted", texts={"zh": Text("重要通知", "各位客户：…")})
SETTINGS = Sending(smtp_host="mail.shop.example", sender="service@shop.example")
CALL = Call("li@mail.example", "Where is my data?")


def call(name: str, *args: Any, **keywords: Any) -> Any:
    return ACTIONS[name](SETUP, *args, **keywords)


def _incident(world: Any) -> dict[str, int]:
    return {"incident_id": world.incident.pk}


def _place(world: Any, row: Any, name: str) -> dict[str, int]:
    return {"number": world.incident.number, f"{name}_number": row.number}


def uploaded() -> Upload:
    upload = Upload()
    upload.write(b"email\nli@mail.example\n")
    upload.close()
    return upload


def _file(world: Any) -> Called:
    about = {"about": About("export"), "upload": uploaded(), "columns": {"email": 0}}
    return (), {**_incident(world), **about}


def _checking(world: Any) -> AffectedList:
    found: AffectedList = call("add_affected_file", **_file(world)[1])
    return found


def _read(world: Any) -> Called:
    columns = {"columns": {"email": 0}, "heading": True}
    return (), {**_place(world, _checking(world), "list"), **columns}


def _searched(world: Any) -> Called:
    return (), {**_incident(world), "about": About("search"), "search": SEARCH}


def _hand(world: Any) -> Called:
    return (), {**_incident(world), "about": About("by hand"), "subjects": SOMEBODY}


def _stopped(world: Any) -> Called:
    return (), _place(world, _checking(world), "list")


def _finished_list(world: Any) -> Called:
    row = _checking(world)
    AffectedList.objects.filter(pk=row.pk).update(state=ListState.READING)
    return (), {"list_id": row.pk, "state": ListState.DONE}


def _erase(world: Any) -> Called:
    call("add_affected", **_hand(world)[1])
    world.incident.state = "closed"
    world.incident.save()
    return (), _incident(world)


def _notice(world: Any, draft: Draft = DRAFT) -> Notice:
    """A draft by somebody else, so that others may approve it."""
    writer = User.objects.filter(username="writer").first()
    if writer is None:
        names = {"username": "writer", "roles": [Role.CUSTOMER_SERVICE]}
        writer = ACTIONS["create_user"](SETUP, **names).user
    call("add_affected", **_hand(world)[1])
    written: Notice = ACTIONS["write_notice"](writer, draft, **_incident(world))
    return written


def _at(world: Any, notice: Notice, state: str, **columns: Any) -> dict[str, int]:
    Notice.objects.filter(pk=notice.pk).update(
        state=state, approved_sha256=notice.sha256, **columns
    )
    return _place(world, notice, "notice")


def _in_state(state: str, **more: Any) -> Any:
    def case(world: Any) -> Called:
        return (), {**_at(world, _notice(world), state), **more}

    return case


def _start(world: Any) -> Called:
    call("set_letters", SETTINGS)
    return (), _at(world, _notice(world), "approved")


def _post(world: Any) -> Called:
    return (), {**_at(world, _notice(world, POSTED), "approved"), "where": "the front page"}


def _letter(world: Any, state: LetterState) -> dict[str, int]:
    notice = _notice(world)
    Letter.objects.create(
        notice=notice, mark="m" * 64, key="ab" * 16, language="zh", state=state, due_at=DAY
    )
    return _at(world, notice, "sending", addressed=True)


def _finish(world: Any) -> Called:
    place = _letter(world, LetterState.SENT)
    return (), {"notice_id": Notice.objects.get(number=place["notice_number"]).pk}


def _complaint(world: Any) -> Any:
    return call("log_complaint", CALL, **_incident(world))


def _answered(world: Any) -> Called:
    row = _complaint(world)
    place = _place(world, row, "complaint")
    call("answer_complaint", **place, answer="Yes.")
    return (), place


def _tried(world: Any) -> Called:
    """Everybody has an address of his own."""
    for person in User.objects.all():
        sealed = seal("own@shop.example", CONTACT)
        PersonContact.objects.create(person=person, kind="email", sealed=sealed)
    return (), {**_place(world, _notice(world), "notice"), "to": "own@shop.example"}


CASES = {
    "add_affected": _hand,
    "add_affected_file": _file,
    "answer_complaint": lambda w: ((), {**_place(w, _complaint(w), "complaint"), "answer": "Yes."}),
    "approve_notice": _in_state("legal"),
    "approve_notice_legally": _in_state("draft"),
    "close_complaint": _answered,
    "edit_notice": lambda w: ((OTHER,), _place(w, _notice(w), "notice")),
    "erase_affected": _erase,
    "export_affected": lambda w: ((), {**_incident(w), "reason": "for the regulator"}),
    "finish_affected_list": _finished_list,
    "finish_notice": _finish,
    "keep_answer": lambda w: ((), {**_incident(w), "title": "Deletion", "text": "Yes."}),
    "log_complaint": lambda w: ((CALL,), _incident(w)),
    "note_support": lambda w: (
        (),
        {
            "number": w.incident.number,
            "support_id": call("offer_support", **_incident(w), kind="hotline", text="400").pk,
            "taken_up": 3,
        },
    ),
    "offer_support": lambda w: ((), {**_incident(w), "kind": "hotline", "text": "400"}),
    "pause_notice": _in_state("sending"),
    "post_notice": _post,
    "read_affected": lambda w: ((), _incident(w)),
    "read_affected_file": _read,
    "resume_notice": _in_state("paused"),
    "return_notice": _in_state("legal", reason="the cause is missing"),
    "search_affected": _searched,
    "set_letters": lambda _w: ((SETTINGS,), {}),
    "settle_uncertain": lambda w: ((), {**_letter(w, LetterState.UNCERTAIN), "again": False}),
    "start_notice": _start,
    "stop_affected_list": _stopped,
    "stop_notice": _in_state("sending", reason="the wrong list"),
    "take_bounces": lambda w: (
        (),
        {
            **_letter(w, LetterState.SENT),
            "returned": [Returned("ab" * 16, "", failed=True, status="5.1.1")],
        },
    ),
    "take_prepared_answers": lambda w: ((), _incident(w)),
    "try_notice": _tried,
    "write_notice": lambda w: ((DRAFT,), _incident(w)),
}
READERS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL}
SERVICE, SENDERS = {Role.CUSTOMER_SERVICE}, {Role.CUSTOMER_SERVICE, Role.LEADERSHIP}
MAY = {
    **dict.fromkeys(
        (
            "add_affected", "add_affected_file", "export_affected", "read_affected",
            "read_affected_file", "stop_affected_list",
        ),
        READERS,
    ),
    "search_affected": {Role.TECHNICAL_SUPPORT},
    "erase_affected": {Role.LEADERSHIP, Role.LEGAL},
    "approve_notice": {Role.LEADERSHIP},
    "approve_notice_legally": {Role.LEGAL},
    "return_notice": {Role.LEADERSHIP, Role.LEGAL},
    "set_letters": {Role.ADMINISTRATOR},
    **dict.fromkeys(
        (
            "start_notice", "pause_notice", "resume_notice", "stop_notice", "post_notice",
            "settle_uncertain",
        ),
        SENDERS,
    ),
    **dict.fromkeys(
        (
            "write_notice", "edit_notice", "take_bounces", "offer_support", "note_support",
            "log_complaint", "answer_complaint", "close_complaint", "keep_answer",
            "take_prepared_answers", "try_notice",
        ),
        SERVICE,
    ),
}  # fmt: skip
ACTORS = dict.fromkeys(CASES, SETUP) | {"finish_affected_list": JOBS, "finish_notice": JOBS}
