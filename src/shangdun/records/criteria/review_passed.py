"""A review was passed: somebody else than the writers reviewed a version, and it was approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.records.criteria import Asked, State, Verdict
from shangdun.records.criteria import _documents as documents
from shangdun.records.models import DocumentState, User

LABEL = gettext_lazy("A review was passed")
PARAMS = documents.PARAMS
PASSED = (DocumentState.APPROVED, DocumentState.PUBLISHED, DocumentState.SUPERSEDED)


def asked(params: Mapping[str, Any]) -> str:
    return _("reviewed and approved: %(what)s") % {"what": documents.named(params)}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    """An approval always follows a review by somebody who did not write in the version."""
    version = documents.newest(params, *PASSED)
    if version is None or version.approved_at is None:
        return documents.missing(params, pgettext("document", "reviewed and approved"))
    says = _(
        "“%(title)s” was reviewed by %(reviewer)s and approved by %(approver)s on %(day)s."
    ) % {
        "title": version.title,
        "reviewer": _name(version.reviewer),
        "approver": _name(version.approver),
        "day": version.approved_at.astimezone(asked.zone).date().isoformat(),
    }
    return Verdict(State.MET, says, (documents.link_to(version.document, version.number),))


def _name(who: User | None) -> str:
    return (who.get_full_name() or who.username) if who else "—"
