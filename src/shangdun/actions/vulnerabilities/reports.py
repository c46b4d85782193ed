"""Taking in a report of a scanner or tester."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.vulnerabilities.rows import (
    REPORTED,
    DueDates,
    bring_up_to_date,
    event_of,
    next_number,
    of_found,
    reopen,
)
from shangdun.assess.vulnerabilities.found import Found, Report
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.assets import get_asset
from shangdun.records.models import (
    Asset,
    Vulnerability,
    VulnerabilityAct,
    VulnerabilityEvent,
    VulnerabilityImport,
    VulnerabilityState,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.vulnerability_report import Assets, PlannedSection, Refused, plan_report

BATCH = 500


class Imported(NamedTuple):
    """How many of each, over all parts of the report."""

    opened: int = 0
    closed: int = 0
    reopened: int = 0
    changed: int = 0
    unchanged: int = 0

    def plus(self, other: Imported) -> Imported:
        return Imported(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


@action(Capability.MANAGE_ASSETS)
def do_import_vulnerabilities(  # noqa: PLR0913 - what the page shows and the person chose
    actor: Actor,
    report: Report,
    *,
    name: str,
    digest: str,
    whole: bool = True,
    partly: bool = False,
    asset_number: int = 0,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Imported]:
    """Take a report in. The same file again changes nothing; an older one is refused.

    What it does not name is closed, of its own tools and scopes only, if it is ``whole``. With
    findings that cannot be read it is taken in ``partly`` or not at all, and closes nothing of that
    part. ``asset_number``: all of it was found in this asset; otherwise hosts and code tell.
    """
    if report.trouble_count and not partly:
        raise UsageError(
            "findings cannot be read", code="report.troubles", where=report.troubles[0].where,
            fix="correct them, or take in the others only",
        )  # fmt: skip
    asset = get_asset(actor, asset_number) if asset_number else None
    planned = plan_report(report, digest=digest, whole=whole)
    if all(one.refused is Refused.SAME for one in planned):
        return Unchanged(Imported())
    late = next((one for one in planned if one.refused is Refused.OLDER), None)
    if late is not None:
        raise UsageError(
            "a newer report of this tool was taken in already", code="report.older",
            where=late.section.tool, fix="scan again",
        )  # fmt: skip
    now = clock.now()
    total = Imported()
    writer = _Writer(actor, now, asset.pk if asset else None)
    for one in planned:
        if one.refused is None:
            kept = _kept(actor, one, report, clean_text(name)[:200], digest, now)
            total = total.plus(writer.write(one, kept))
    payload = {"file": clean_text(name)[:200], "sha256": digest,
               "tools": ", ".join(one.section.tool for one in planned)[:300],
               "scopes": ", ".join(one.section.scope for one in planned)[:300],
               **total._asdict()}  # fmt: skip
    return Done(total, ("vulnerability", "many"), now, payload)


def _kept(
    actor: Actor, one: PlannedSection, report: Report, name: str, digest: str, now: datetime
) -> VulnerabilityImport:
    effect = one.effect
    return VulnerabilityImport.objects.create(
        name=name, digest=digest, form=report.form, tool=one.section.tool,
        scope=one.section.scope, whole=one.whole, rows=len(one.section.found),
        opened=len(effect.opened), closed=len(effect.closed), reopened=len(effect.reopened),
        changed=len(effect.changed), unchanged=len(effect.unchanged),
        skipped=one.section.unread + len(effect.suppressed) + effect.settled,
        made_at=one.section.made_at, at=now, by=person(actor),
    )  # fmt: skip


class _Writer:
    """Writes what was planned, in a handful of statements however long the report is."""

    def __init__(self, actor: Actor, now: datetime, asset_id: int | None) -> None:
        self._actor, self._now, self._asset = actor, now, asset_id
        self._assets = Assets()
        self._owners = dict(Asset.objects.values_list("pk", "owner_id"))
        self._due = DueDates()
        self._number = next_number()

    def write(self, one: PlannedSection, kept: VulnerabilityImport) -> Imported:
        effect, section = one.effect, one.section
        rows = {
            row.number: row
            for row in Vulnerability.objects.filter(tool=section.tool, scope=section.scope)
        }
        fresh = [self._opened(found, section.tool, section.scope) for found in effect.opened]
        Vulnerability.objects.bulk_create(fresh, batch_size=BATCH)
        again = [rows[number] for number, _found in effect.reopened]
        for number, found in effect.reopened:
            self._reopened(rows[number], found)
        changed = [rows[number] for number, _found in effect.changed]
        before = {row.number: row.severity for row in changed}
        for number, found in effect.changed:
            bring_up_to_date(rows[number], found, self._due)
            self._place(rows[number], found, section.scope)
        closed = [rows[number] for number in effect.closed]
        for row in closed:
            row.state, row.fixed_at = VulnerabilityState.FIXED, self._now
        same = [rows[number] for number in effect.unchanged]
        for row in [*again, *changed, *same]:
            row.last_seen = self._now
        self._save([*again, *changed, *closed], same)
        self._tell(fresh, VulnerabilityAct.OPENED, kept)
        self._tell(again, VulnerabilityAct.REOPENED, kept)
        self._tell(closed, VulnerabilityAct.FIXED, kept)
        worse = [row for row in changed if row.severity != before[row.number]]
        self._tell(worse, VulnerabilityAct.CHANGED, kept)
        return Imported(len(fresh), len(closed), len(again), len(changed), len(same))

    def _opened(self, found: Found, tool: str, scope: str) -> Vulnerability:
        row = of_found(found, self._now, self._due)
        row.number, row.tool, row.scope = self._number, tool, scope
        self._number += 1
        self._place(row, found, scope)
        return row

    def _reopened(self, row: Vulnerability, found: Found) -> None:
        reopen(row, self._now, self._due)
        bring_up_to_date(row, found, self._due)
        row.reopened += 1
        self._place(row, found, row.scope)

    def _place(self, row: Vulnerability, found: Found, scope: str) -> None:
        """An asset that a person gave it stays."""
        if row.asset_id is None:
            row.asset_id = self._asset or self._assets.of(found, scope)
            if row.asset_id is not None and row.owner_id is None:
                row.owner_id = self._owners.get(row.asset_id)

    def _save(self, moved: list[Vulnerability], same: list[Vulnerability]) -> None:
        for row in moved:
            row.version += 1
        fields = [*REPORTED, "state", "asset", "owner", "opened_at", "fixed_at", "last_seen",
                  "reopened", "reason", "decided_by", "decided_at", "expires_on", "due_by_hand",
                  "version"]  # fmt: skip
        Vulnerability.objects.bulk_update(moved, fields, batch_size=BATCH)
        for begin in range(0, len(same), BATCH):
            numbers = [row.pk for row in same[begin : begin + BATCH]]
            Vulnerability.objects.filter(pk__in=numbers).update(last_seen=self._now)

    def _tell(
        self, rows: Iterable[Vulnerability], act: VulnerabilityAct, kept: VulnerabilityImport
    ) -> None:
        events = [event_of(row, act, self._actor, self._now, report=kept) for row in rows]
        VulnerabilityEvent.objects.bulk_create(events, batch_size=BATCH)
