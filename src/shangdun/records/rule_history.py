"""Stored rule documents for pages: fetching and permission in one call."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import (
    HuntRun,
    RuleDocument,
    RuleImport,
    RuleList,
    RuleVersion,
)
from shangdun.records.roles import Capability


def visible_documents(actor: Actor) -> QuerySet[RuleDocument]:
    require(actor, Capability.VIEW_RULES)
    return RuleDocument.objects.all()


def document_of(actor: Actor, uid: str) -> RuleDocument | None:
    """The stored document of a rule, also one that was removed; None where there never was one."""
    return visible_documents(actor).filter(uid=uid).first()


def versions_of(actor: Actor, uid: str) -> QuerySet[RuleVersion]:
    """Newest first."""
    require(actor, Capability.VIEW_RULES)
    return RuleVersion.objects.filter(document__uid=uid).order_by("-number")


def visible_lists(actor: Actor) -> QuerySet[RuleList]:
    require(actor, Capability.VIEW_RULES)
    return RuleList.objects.order_by("name").prefetch_related("entries")


def visible_imports(actor: Actor) -> QuerySet[RuleImport]:
    """Newest first."""
    require(actor, Capability.VIEW_RULES)
    return RuleImport.objects.order_by("-created", "-id").annotate(made=Count("versions"))


def get_import(actor: Actor, import_id: int) -> RuleImport:
    found = visible_imports(actor).filter(pk=import_id).first()
    if found is None:
        raise NotFound(f"there is no import {import_id}", fix="look at the list")
    return found


def get_trial(actor: Actor, run_id: int) -> HuntRun:
    """A trial of one's own: what it found is nobody else's until the rule is in force."""
    require(actor, Capability.MANAGE_RULES)
    found = HuntRun.objects.filter(pk=run_id, owner=person(actor)).first()
    if found is None:
        raise NotFound(f"there is no trial {run_id}", fix="try the rule again")
    return found
