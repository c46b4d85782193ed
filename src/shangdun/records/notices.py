"""Notices, letters and complaints: fetching and permission in one call; who is to be reached."""

from __future__ import annotations

import hashlib

import msgspec
from django.db.models import Count, Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import get_incident_by_number, require
from shangdun.records.actor import Actor
from shangdun.records.affected import PEOPLE
from shangdun.records.models import (
    AffectedSubject,
    AnswerTemplate,
    Complaint,
    Letter,
    LetterState,
    Notice,
    NoticeChannel,
    SupportMeasure,
)
from shangdun.records.roles import Capability
from shangdun.respond.affected.segment import Segment

MARK_OF = {NoticeChannel.EMAIL: "email_mark", NoticeChannel.GATEWAY: "phone_mark"}
NOT_REACHED = (LetterState.BOUNCED, LetterState.FAILED, LetterState.SKIPPED)


def visible_notices(actor: Actor, number: int) -> QuerySet[Notice]:
    """The notices of the incident with this number; their text names nobody."""
    require(actor, Capability.VIEW_INCIDENTS)
    incident = get_incident_by_number(actor, number)
    people = ("incident", "prepared_by", "legal_by", "approved_by")
    return incident.notices.order_by("number").select_related(*people)


def get_notice(actor: Actor, number: int, notice_number: int) -> Notice:
    found = visible_notices(actor, number).filter(number=notice_number).first()
    if found is None:
        raise NotFound(f"there is no notice {notice_number}", fix="look at the list")
    return found


def visible_complaints(actor: Actor, number: int) -> QuerySet[Complaint]:
    """Complaints and questions; what they say is for those who may read customers' data."""
    require(actor, Capability.VIEW_INCIDENTS)
    incident = get_incident_by_number(actor, number)
    people = ("incident", "logged_by", "answered_by")
    return incident.complaints.order_by("-number").select_related(*people)


def get_complaint(actor: Actor, number: int, complaint_number: int) -> Complaint:
    require(actor, Capability.READ_AFFECTED)
    found = visible_complaints(actor, number).filter(number=complaint_number).first()
    if found is None:
        raise NotFound(f"there is no complaint {complaint_number}", fix="look at the list")
    return found


def visible_support(actor: Actor, number: int) -> QuerySet[SupportMeasure]:
    require(actor, Capability.VIEW_INCIDENTS)
    return get_incident_by_number(actor, number).support_measures.order_by("since", "id")


def visible_answers(actor: Actor, number: int) -> QuerySet[AnswerTemplate]:
    require(actor, Capability.VIEW_INCIDENTS)
    return get_incident_by_number(actor, number).answer_templates.order_by("title")


def tally(notice: Notice) -> dict[str, int]:
    """How many letters stand where."""
    counted = notice.letters.order_by().values_list("state").annotate(n=Count("id"))
    return dict.fromkeys(LetterState.values, 0) | dict(counted.values_list("state", "n"))


def segment_of(notice: Notice) -> Segment:
    return msgspec.convert(notice.segment, Segment)


def audience(notice: Notice) -> QuerySet[AffectedSubject]:
    """People of the segment whom the channel can reach, whether reached before or not."""
    mark, segment = MARK_OF[NoticeChannel(notice.channel)], segment_of(notice)
    people = AffectedSubject.objects.filter(incident_id=notice.incident_id, kind__in=PEOPLE)
    people = people.exclude(**{mark: ""})
    if segment.certainties:
        people = people.filter(certainty__in=segment.certainties)
    if segment.languages:
        wanted = [*segment.languages, *([""] if "zh" in segment.languages else [])]
        people = people.filter(language__in=wanted)
    return people


def reached_already(notice: Notice, marks: set[str]) -> set[str]:
    """Of these addresses, those that another notice of the incident reached or may have reached."""
    letters = Letter.objects.filter(
        ~Q(notice=notice), notice__incident_id=notice.incident_id, mark__in=marks
    )
    return set(letters.exclude(state__in=NOT_REACHED).values_list("mark", flat=True))


def frozen_sha256(notice: Notice) -> str:
    """The fingerprint of everything that an approval is for."""
    frozen = [
        str(notice.channel), notice.segment, notice.subject_zh, notice.body_zh,
        notice.subject_en, notice.body_en,
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(frozen, order="deterministic")).hexdigest()
