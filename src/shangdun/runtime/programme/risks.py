"""The risk register by the clock: what was seen is learned, what ran out ends, owners are told."""

from __future__ import annotations

from shangdun.actions.risks.accept import do_expire_risk_acceptances
from shangdun.actions.risks.learn import do_learn_risk_frequencies
from shangdun.actions.risks.remind import remind_of_risks
from shangdun.actions.risks.treat import do_follow_risk_measures
from shangdun.kernel.clock import Clock
from shangdun.records.actor import JOBS
from shangdun.records.messages import console_zone
from shangdun.records.models import Risk

NIGHT = 4
"""From this hour on, the company's time, the night's incidents and findings are looked through."""


def follow_risk_measures(clock: Clock) -> None:
    """Bring measures to where their tasks and controls are."""
    do_follow_risk_measures(JOBS, clock=clock)


def look_after_risks(clock: Clock) -> None:
    """Once a day: learn frequencies. Always: end acceptances, remind. Safe to repeat."""
    if _due(clock):
        do_learn_risk_frequencies(JOBS, clock=clock)
    do_expire_risk_acceptances(JOBS, clock=clock)
    remind_of_risks(clock.now())


def _due(clock: Clock) -> bool:
    """Whether some risk was not looked at since this night's hour."""
    local = clock.now().astimezone(console_zone())
    night = local.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if local < night:
        return False
    learning = Risk.objects.filter(archived_at=None).exclude(incident_types=[], tags=[])
    return learning.exclude(learned_at__gte=night).exists()
