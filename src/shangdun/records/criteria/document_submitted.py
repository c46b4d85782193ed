"""A document was written to its end: a version of it was given to review, or is further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.records.criteria import Asked, State, Verdict
from shangdun.records.criteria import _documents as documents
from shangdun.records.models import DocumentState

LABEL = gettext_lazy("A document was given to review")
PARAMS = documents.PARAMS
LASTING = False
"""Sent back with remarks, it was written all the same; whether it passes is another question."""
FURTHER = (
    DocumentState.REVIEW, DocumentState.APPROVED, DocumentState.PUBLISHED, DocumentState.SUPERSEDED,
)  # fmt: skip


def asked(params: Mapping[str, Any]) -> str:
    return _("given to review: %(what)s") % {"what": documents.named(params)}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    del asked
    version = documents.newest(params, *FURTHER)
    if version is None:
        return documents.missing(params, pgettext("document", "given to review"))
    says = _("“%(title)s”, version %(n)s, was given to review.") % {
        "title": version.title, "n": version.number,
    }  # fmt: skip
    return Verdict(State.MET, says, (documents.link_to(version.document, version.number),))
