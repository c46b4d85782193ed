"""Evidence: every link of its custody."""

from __future__ import annotations

from typing import Any

from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.evidence.handle import do_hand_over
from shangdun.actions.evidence.upload import do_upload_evidence
from shangdun.actions.evidence.verify import check_item
from shangdun.actions.move_incident import do_close_incident
from shangdun.records.actor import JOBS
from shangdun.records.models import Evidence, User
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]


def _item(world: Any) -> Evidence:
    return do_upload_evidence(
        world.boss, keep_content("access.log", b"GET /"), incident_id=world.incident.pk
    )


def _named(world: Any, **more: Any) -> Case:
    item = _item(world)
    return (), {"incident": world.incident.number, "number": item.number, **more}


def _who(world: Any) -> User:
    """Who will act: the person whose role is tried, or the one who may everything."""
    return User.objects.filter(username="actor").first() or world.boss


def _hand_over(world: Any) -> Case:
    _args, named = _named(world)
    Evidence.objects.update(holder=_who(world))
    return (), {**named, "to": world.other.pk, "reason": "night shift"}


def _upload(world: Any) -> Case:
    return (keep_content("access.log", b"GET /"),), {"incident_id": world.incident.pk}


def _accept(world: Any) -> Case:
    _args, named = _named(world)
    Evidence.objects.update(offered_to=_who(world), holder=world.other)
    return (), named


def _decline(world: Any) -> Case:
    _args, named = _named(world)
    do_hand_over(world.boss, **named, to=world.other.pk, reason="night shift")
    Evidence.objects.update(holder=_who(world))
    return (), {**named, "reason": "not mine"}


def _verify(world: Any) -> Case:
    _args, named = _named(world)
    return (check_item(Evidence.objects.get()),), named


def _check(world: Any) -> Case:
    return ([check_item(_item(world))],), {}


def _dispose(world: Any) -> Case:
    _args, named = _named(world, reason="kept long enough")
    do_close_incident(
        world.boss, incident_id=world.incident.pk, verdict="benign_positive", note="a test"
    )
    return (), named


def _export(world: Any) -> Case:
    _args, named = _named(world)
    return (), {"incident": named["incident"], "numbers": [1], "purpose": "for the police"}


CASES = {
    "upload_evidence": _upload,
    "hand_over": _hand_over,
    "accept_evidence": _accept,
    "decline_evidence": _decline,
    "hand_out_evidence": lambda world: _named(world, receiver="Officer Li", reason="case 7"),
    "record_access": _named,
    "note_evidence": lambda world: _named(world, text="found on web-1"),
    "hold_evidence": lambda world: _named(world, hold=True, reason="a claim"),
    "dispose_evidence": _dispose,
    "verify_evidence": _verify,
    "check_evidence": _check,
    "export_evidence": _export,
}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
MAY = dict.fromkeys(CASES, GROUPS) | {
    "hold_evidence": {Role.LEADERSHIP, Role.LEGAL},
    "dispose_evidence": {Role.LEADERSHIP},
    "check_evidence": set(),
}
ACTORS = {"check_evidence": JOBS}
