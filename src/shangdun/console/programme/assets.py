"""Assets and vulnerabilities for their pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.assess.columns import Problem
from shangdun.assess.inventory.layers import Layer
from shangdun.assess.inventory.value import Borne, Rating, borne_value, mean_of
from shangdun.assess.vulnerabilities.found import Trouble
from shangdun.assess.vulnerabilities.severity import WORST_FIRST
from shangdun.console.wordings.assets import FIELDS, FIXES, FLAWS
from shangdun.records.actor import Actor
from shangdun.records.assets import visible_assets, visible_sightings
from shangdun.records.models import (
    Asset,
    AssetLink,
    Incident,
    SightingState,
    Vulnerability,
    VulnerabilityState,
)
from shangdun.records.roles import Capability
from shangdun.records.vulnerabilities import open_vulnerabilities

SEVERITY = {"critical": 5, "high": 4, "medium": 3, "low": 2, "none": 1}
"""As the console's marks of severity count."""
STATE_LOOKS = {
    VulnerabilityState.OPEN: "warn",
    VulnerabilityState.FIXED: "good",
    VulnerabilityState.ACCEPTED: "note",
    VulnerabilityState.FALSE_POSITIVE: "note",
}
_LAYERS = {Layer.BUSINESS: 0, Layer.SYSTEM: 1, Layer.COMPONENT: 2}
LAYER_ORDER = Case(
    *(When(layer=layer.value, then=Value(place)) for layer, place in _LAYERS.items()),
    output_field=IntegerField(),
)
KIND_ICONS = {
    "business": "building-storefront",
    "information_system": "computer-desktop",
    "data": "circle-stack",
    "network": "globe-alt",
    "software": "cube",
    "unit": "server",
    "people": "user-group",
    "other": "archive-box",
}
MARK_LABELS: dict[str, Promise] = {
    "host": gettext_lazy("Hosts and addresses"),
    "service": gettext_lazy("Services"),
    "route": gettext_lazy("Routes of the shop"),
    "code": gettext_lazy("Repositories, images"),
}


@dataclass(frozen=True)
class Tab:
    """One of the places of this area."""

    name: str
    url: str
    label: str
    icon: str
    count: int = 0
    bad: bool = False


def tabs(actor: Actor) -> list[Tab]:
    """Inventory, what was seen, vulnerabilities; with what waits in each."""
    seen = visible_sightings(actor).filter(state=SightingState.NEW).count()
    found = open_vulnerabilities(actor).count()
    late = open_vulnerabilities(actor).filter(due__lt=timezone.localdate()).exists()
    return [
        Tab("inventory", "assets", _("Inventory"), "rectangle-stack"),
        Tab("seen", "assets_seen", _("Seen in the logs"), "eye", seen),
        Tab("vulnerabilities", "vulnerabilities", _("Vulnerabilities"), "bug-ant", found, late),
    ]


def inventory_rows(actor: Actor, asked: dict[str, str]) -> QuerySet[Asset]:
    """The inventory as it is filtered, businesses first, the most valuable first."""
    rows = visible_assets(actor, archived=asked.get("show") == "archived")
    if asked.get("layer") in {layer.value for layer in Layer}:
        rows = rows.filter(layer=asked["layer"])
    if asked.get("show") == "unrated":
        rows = rows.filter(value=None)
    if asked.get("show") == "unowned":
        rows = rows.filter(owner=None)
    if text := asked.get("q", "").strip()[:100]:
        chosen = Q()
        for field in ("name", "description", "place", "supplier", "marks__value"):
            chosen |= Q(**{f"{field}__icontains": text})
        rows = rows.filter(pk__in=rows.filter(chosen).order_by().values("pk"))
    links = AssetLink.objects.select_related("upper").order_by("-bearing")
    rows = rows.annotate(
        layer_order=LAYER_ORDER,
        found=Count("vulnerabilities", filter=Q(vulnerabilities__state=VulnerabilityState.OPEN)),
    )
    return rows.order_by("layer_order", "-value", "name", "number").prefetch_related(
        Prefetch("bears", queryset=links), "marks"
    )


def is_suggested(asset: Asset) -> bool:
    """Whether nobody has looked at its suggested ratings yet."""
    return bool(asset.starter) and asset.value is not None and asset.version == 1


@dataclass(frozen=True)
class Reckoned:
    """How the value came about, for who asks."""

    own: int | None
    borne: int | None
    decided: str


def reckoned(asset: Asset) -> Reckoned:
    """The parts of a value and which of them decided it."""
    own = mean_of(Rating(asset.confidentiality, asset.integrity, asset.availability))
    links = [link for link in asset.bears.all() if link.upper.importance]
    borne = borne_value([Borne(link.upper.importance or 1, link.bearing) for link in links])
    if asset.layer != Layer.SYSTEM or borne is None or own is None:
        return Reckoned(own, borne if asset.layer == Layer.SYSTEM else None, "own")
    return Reckoned(own, borne, "borne" if borne > own else "own")


def incidents_of(actor: Actor, asset: Asset) -> list[Incident]:
    """Incidents in which one of its hosts or routes is named; the newest ten."""
    if not actor.can(Capability.VIEW_INCIDENTS):
        return []
    values = [mark.value for mark in asset.marks.all()]
    rows = Incident.objects.filter(
        entities__kind__in=("ip", "host", "domain", "route", "url", "service"),
        entities__value__in=values,
        drill=None,
    )
    return list(rows.distinct().order_by("-number")[:10])


def told_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """What is wrong with a row: column, why, what stands there, what to write instead."""
    return [
        {
            "field": FIELDS.get(one.field, one.field),
            "flaw": FLAWS[one.flaw],
            "value": one.value,
            "fix": FIXES.get((one.field, one.flaw), ""),
        }
        for one in problems
    ]


def told_troubles(troubles: Sequence[Trouble]) -> list[dict[str, Any]]:
    """The same of a report: ``12:severity`` is row 12, column severity."""
    told = []
    for one in troubles:
        row, colon, field = one.where.partition(":")
        place: Any = one.where
        if colon and row.isdecimal():
            place = _("Row %(row)s, %(column)s") % {"row": row, "column": FIELDS.get(field, field)}
        told.append({"place": place, "flaw": FLAWS.get(one.code, one.code), "value": one.value})
    return told


@dataclass(frozen=True)
class ShownVulnerability:
    """One line of a list."""

    row: Vulnerability
    severity: int
    late: bool
    look: str


def shown_vulnerabilities(rows: Iterable[Vulnerability], today: date) -> list[ShownVulnerability]:
    """With whether each is overdue."""
    return [
        ShownVulnerability(
            row,
            SEVERITY.get(row.severity, 1),
            row.state == VulnerabilityState.OPEN and row.due is not None and row.due < today,
            STATE_LOOKS[VulnerabilityState(row.state)],
        )
        for row in rows
    ]


def by_severity(counts: dict[str, int]) -> list[tuple[str, int, int]]:
    """Severity's name, its number for the mark, how many: worst first, none left out."""
    return [(one.value, SEVERITY[one.value], counts.get(one.value, 0)) for one in WORST_FIRST]
