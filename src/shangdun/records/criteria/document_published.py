"""A document is in force; where asked for, so many of its readers have acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.records.criteria import Asked, Param, State, Verdict
from shangdun.records.criteria import _documents as documents
from shangdun.records.models import DocumentState

LABEL = gettext_lazy("A document is in force")
PARAMS = (
    *documents.PARAMS,
    Param(
        "acknowledged", gettext_lazy("Acknowledged by so many percent"), "number", default=0,
        most=100, help=gettext_lazy("0: nobody needs to."),
    ),
)  # fmt: skip


def asked(params: Mapping[str, Any]) -> str:
    told = _("in force: %(what)s") % {"what": documents.named(params)}
    if params["acknowledged"]:
        told += _(", acknowledged by %(n)s%%") % {"n": params["acknowledged"]}
    return told


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    """Published, not merely approved; who must acknowledge it is asked at its publication."""
    del asked
    version = documents.newest(params, DocumentState.PUBLISHED)
    if version is None:
        return documents.missing(params, pgettext("document", "in force"))
    link = documents.link_to(version.document, version.number)
    told = {"title": version.title, "n": version.number}
    wanted = int(params["acknowledged"])
    if not wanted:
        return Verdict(State.MET, _("“%(title)s”, version %(n)s, is in force.") % told, (link,))
    owed = version.acknowledgements.count()
    read = version.acknowledgements.exclude(acknowledged_at=None).count()
    told |= {"read": read, "owed": owed, "wanted": wanted}
    if not owed:
        says = _("“%(title)s” is in force, but nobody was asked to acknowledge it.")
        return Verdict(State.UNMET, says % told, (link,))
    met = 100 * read >= wanted * owed
    says = _("“%(title)s” is in force; %(read)s of %(owed)s have acknowledged it.")
    if not met:
        says = _(
            "“%(title)s” is in force; %(read)s of %(owed)s have acknowledged it, %(wanted)s%% are"
            " needed."
        )
    return Verdict(State.MET if met else State.UNMET, says % told, (link,))
