"""Enough of the people are trained: they came to a training, or acknowledged what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.criteria import _documents as documents
from shangdun.records.models import Acknowledgement, Attendance, Meeting, User
from shangdun.records.models.meetings import MeetingKind, MeetingState
from shangdun.records.roles import Capability

LABEL = gettext_lazy("People are trained")
PARAMS = (
    Param("percent", gettext_lazy("Of all people, in percent"), "number", 90, (), 1, 100),
    Param(
        "words", gettext_lazy("Words of the material's title"), "words", default="",
        help=gettext_lazy("Who acknowledged such a document counts as trained."),
    ),
)  # fmt: skip
LASTING = False
LINK = Link(gettext_lazy("Meetings"), "/meetings/", (Capability.VIEW_MEETINGS,))


def asked(params: Mapping[str, Any]) -> str:
    return _("%(n)s%% of the people trained, with the record of it") % {"n": params["percent"]}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    """Since the programme began; of everybody whose account is on."""
    begins = datetime.combine(asked.programme.starts_on, time.min, asked.zone)
    trainings = Meeting.objects.filter(
        kind=MeetingKind.TRAINING, state=MeetingState.HELD,
        begins_at__gte=begins, begins_at__lte=asked.now,
    )  # fmt: skip
    people = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    came = Attendance.objects.filter(meeting__in=trainings, came=True)
    trained = set(came.values_list("person_id", flat=True))
    trained |= _readers(params, begins, asked.now)
    trained &= people
    held = list(trainings.order_by("-begins_at")[:3])
    told = {"n": len(trained), "all": len(people), "wanted": params["percent"], "held": len(held)}
    links = tuple(
        Link(one.title, f"/meetings/{one.number}/", (Capability.VIEW_MEETINGS,)) for one in held
    ) or (LINK,)
    if not people:
        return Verdict(State.UNKNOWN, _("Nobody has an account yet."), links)
    if 100 * len(trained) >= int(params["percent"]) * len(people):
        return Verdict(State.MET, _("%(n)s of %(all)s people are trained.") % told, links)
    says = _("%(n)s of %(all)s people are trained; %(wanted)s%% are needed.") % told
    return Verdict(State.UNMET, says, links)


def _readers(params: Mapping[str, Any], begins: datetime, now: datetime) -> set[int]:
    if not documents.words_of(params):
        return set()
    meant = {"document": 0, "document_kind": documents.ANY, "words": params["words"]}
    read = Acknowledgement.objects.filter(
        version__document__in=documents.candidates(meant).values("pk"),
        acknowledged_at__gte=begins, acknowledged_at__lte=now,
    )  # fmt: skip
    return set(read.values_list("person_id", flat=True))
