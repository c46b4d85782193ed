"""Until when what is found is to be gone: the company's own days."""

from __future__ import annotations

from collections.abc import Mapping

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.assess.vulnerabilities.severity import DUE_DAYS, Grade, due_on
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import AssetSettings, Vulnerability, VulnerabilityState
from shangdun.records.roles import Capability

LONGEST = 3650


@action(Capability.MANAGE_ASSETS)
def do_set_due_days(
    actor: Actor,
    days: Mapping[str, int],
    *,
    known_exploited_days: int,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AssetSettings]:
    """Days by severity (0: none), and for what is known to be exploited; open ones follow.

    A day that a person set for one of them stays.
    """
    del actor
    wanted = {grade.value: days.get(grade.value, DUE_DAYS[grade]) for grade in Grade}
    if not all(0 <= number <= LONGEST for number in (*wanted.values(), known_exploited_days)):
        raise UsageError("no such number of days", code="asset.due_days", fix=f"0 to {LONGEST}")
    settings = AssetSettings.objects.order_by("pk").first() or AssetSettings()
    held = {grade.value: settings.due_days.get(grade.value, DUE_DAYS[grade]) for grade in Grade}
    if held == wanted and settings.known_exploited_days == known_exploited_days:
        return Unchanged(settings)
    now = clock.now()
    settings.due_days, settings.known_exploited_days = wanted, known_exploited_days
    settings.version += 1
    settings.save()
    zone = console_zone()
    rows = list(Vulnerability.objects.filter(state=VulnerabilityState.OPEN, due_by_hand=False))
    for row in rows:
        row.due = due_on(
            Grade(row.severity),
            row.opened_at.astimezone(zone).date(),
            known_exploited=row.known_exploited,
            days=wanted,
            known_exploited_days=known_exploited_days,
        )
    Vulnerability.objects.bulk_update(rows, ["due"], batch_size=500)
    payload = {**wanted, "known_exploited": known_exploited_days, "open": len(rows)}
    return Done(settings, ("asset_settings", 1), now, payload)
