"""Playbooks as they are stored: which one an incident runs, and what it says."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Playbook, PlaybookVersion
from shangdun.records.roles import Capability
from shangdun.respond import playbook as cacao


def visible_playbooks(actor: Actor) -> QuerySet[Playbook]:
    """All of them, for who may see playbooks at all."""
    require(actor, Capability.VIEW_PLAYBOOKS)
    return Playbook.objects.all()


def get_playbook(actor: Actor, uid: str) -> Playbook:
    """By its CACAO identifier."""
    found = visible_playbooks(actor).filter(uid=uid).first()
    if found is None:
        raise NotFound("there is no such playbook", where=uid, fix="see the list of playbooks")
    return found


def get_playbook_version(actor: Actor, uid: str, number: int | None = None) -> PlaybookVersion:
    """One version; without a number the newest."""
    versions = get_playbook(actor, uid).versions.select_related("playbook")
    found = (
        versions.order_by("-number").first()
        if number is None
        else versions.filter(number=number).first()
    )
    if found is None:
        raise NotFound(
            f"the playbook has no version {number}",
            where=uid,
            fix="see the history of the playbook",
        )
    return found


def playbooks_for(incident_type: str) -> list[PlaybookVersion]:
    """The newest version of every playbook in use for this type of incident, by English title.

    For the order that starts the plan; permission is the order's.
    """
    rows = Playbook.objects.filter(enabled=True).order_by("title_en", "id")
    return newest([row for row in rows if incident_type in row.types])


def usable_versions(incident_type: str) -> list[PlaybookVersion]:
    """Everything that may be begun by hand: those for this type first, then those for others."""
    rows = Playbook.objects.filter(enabled=True).order_by("title_en", "id")
    fitting = [row for row in rows if incident_type in row.types]
    return newest([*fitting, *(row for row in rows if row.types and row not in fitting)])


def newest(rows: list[Playbook]) -> list[PlaybookVersion]:
    """The newest version of each, in the same order, in one query."""
    versions = PlaybookVersion.objects.filter(playbook__in=rows).select_related("playbook")
    found = {v.playbook_id: v for v in versions.order_by("number")}
    return [found[row.pk] for row in rows if row.pk in found]


def content(version: PlaybookVersion) -> cacao.Playbook:
    """What a version says; read once per document, as versions never change."""
    return _read(version.document)


def library() -> dict[str, cacao.Playbook]:
    """The playbooks in use by their identifier: what ``playbook-action`` steps may call."""
    return {v.playbook.uid: content(v) for v in newest(list(Playbook.objects.filter(enabled=True)))}


@lru_cache(maxsize=64)
def _read(document: str) -> cacao.Playbook:
    return cacao.load(document)
