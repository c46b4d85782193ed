"""From which stored finding, and in which incident, an automatic decision came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shangdun.protect.policy import Ruling
from shangdun.protect.target import Target
from shangdun.records.models import Finding, FindingEntity

Cause = tuple[int | None, int | None]
"""Rows of the finding and of its incident."""

AT_ONCE = 1_000
LOOKED_BACK = timedelta(days=2)


def causes(rulings: Sequence[Ruling], now: datetime) -> dict[Target, Cause]:
    """The cause of each ruling: its own finding, or the one into which that was folded."""
    by_uid = _by_uid({one.finding for one in rulings if one.finding})
    found = {one.target: by_uid[one.finding] for one in rulings if one.finding in by_uid}
    folded = [one for one in rulings if one.target not in found]
    return found | _by_entity(folded, now)


def _by_uid(uids: Iterable[str]) -> dict[str, Cause]:
    wanted = list(uids)
    found: dict[str, Cause] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = Finding.objects.filter(uid__in=wanted[start : start + AT_ONCE])
        found |= {
            uid: (key, incident) for uid, key, incident in rows.values_list("uid", "pk", "incident")
        }
    return found


def _by_entity(rulings: Sequence[Ruling], now: datetime) -> dict[Target, Cause]:
    wanted = {(str(one.target.kind), one.target.value, one.rule): one.target for one in rulings}
    values = [value for _, value, _ in wanted]
    found: dict[Target, Cause] = {}
    for start in range(0, len(values), AT_ONCE):
        rows = FindingEntity.objects.filter(
            kind__in={kind for kind, _, _ in wanted},
            value__in=values[start : start + AT_ONCE],
            time__gt=now - LOOKED_BACK,
        ).order_by("time")
        fields = ("kind", "value", "finding__rule_uid", "finding_id", "finding__incident_id")
        for kind, value, rule, finding, incident in rows.values_list(*fields):
            if target := wanted.get((kind, value, rule)):
                found[target] = finding, incident
    return found
