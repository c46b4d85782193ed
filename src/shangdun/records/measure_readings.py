"""The four measures read from their records: what is counted, of what, and which records it was.

Aggregates are for everybody who may see measures; the records behind them open by their own rights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from shangdun.govern.controls.rate import Rate
from shangdun.govern.measures.periods import Period
from shangdun.govern.measures.reading import Reading
from shangdun.govern.survey.questions import QuestionKind
from shangdun.govern.survey.results import score_of
from shangdun.kernel.clock import from_millis
from shangdun.records.actor import JOBS
from shangdun.records.compliance import compliance_rate
from shangdun.records.controls import execution_rate
from shangdun.records.figures import Chosen, chosen_incidents
from shangdun.records.models import (
    Finding,
    FindingState,
    LedgerEntry,
    Survey,
    SurveyMode,
    SurveyState,
)

Reader = Callable[[Period, datetime, ZoneInfo, float], Reading]
SATISFACTION = "satisfaction"
ATTEMPTS = (FindingState.NEW, FindingState.CONFIRMED)


def records_began() -> datetime | None:
    """When the first thing was recorded: before it, nought would mean nothing."""
    first = LedgerEntry.objects.order_by("seq").values_list("time", flat=True).first()
    return None if first is None else from_millis(first)


def covered_days(period: Period, began: datetime | None, now: datetime, zone: ZoneInfo) -> float:
    """How many days of a period the records cover by now."""
    if began is None:
        return 0.0
    begin = max(period.since(zone), began)
    end = min(period.until(zone), now)
    return max(0.0, (end - begin).total_seconds() / 86_400)


def read_measure(
    key: str, period: Period, now: datetime, zone: ZoneInfo, began: datetime | None
) -> Reading:
    """A measure's reading as the records stand now."""
    days = covered_days(period, began, now, zone)
    if days <= 0:
        return Reading(problem="no_records")
    return READERS[key](period, now, zone, days)


def attempts_in(period: Period, zone: ZoneInfo) -> QuerySet[Finding]:
    """What rules saw in the period and what led to no incident; dismissed and withheld left out."""
    return Finding.objects.filter(
        time__gte=period.since(zone), time__lt=period.until(zone),
        state__in=ATTEMPTS, incident=None,
    )  # fmt: skip


def _incidents(period: Period, now: datetime, zone: ZoneInfo, days: float) -> Reading:
    chosen = Chosen(since=period.since(zone), until=min(period.until(zone), now))
    rows = list(chosen_incidents(JOBS, chosen).order_by("number").values_list("number", "type"))
    kinds: Counter[str] = Counter(kind for _number, kind in rows)
    return Reading(
        count=len(rows),
        parts={kind: (count, None) for kind, count in sorted(kinds.items())},
        apart=attempts_in(period, zone).filter(time__lte=now).count(),
        days=days,
        rests_on=tuple(f"incident {number}" for number, _kind in rows),
    )


def satisfaction_surveys(period: Period, zone: ZoneInfo) -> QuerySet[Survey]:
    """Those that count: on satisfaction, by invitation, closed in the half-year."""
    return Survey.objects.filter(
        purpose=SATISFACTION, mode=SurveyMode.INVITED, state=SurveyState.CLOSED,
        closed_at__gte=period.since(zone), closed_at__lt=period.until(zone), archived_at=None,
    ).order_by("number")  # fmt: skip


def _satisfaction(period: Period, now: datetime, zone: ZoneInfo, days: float) -> Reading:
    surveys = list(satisfaction_surveys(period, zone).filter(closed_at__lte=now))
    if not surveys:
        return Reading(problem="no_survey", days=days)
    # Each must be large enough by itself: the sum of two would give the smaller one away.
    parts = dict(filter(None, map(_satisfied, surveys)))
    if not parts:
        return Reading(problem="too_few", days=days)
    return Reading(
        count=sum(count for count, _total in parts.values()),
        total=sum(total for _count, total in parts.values()),
        parts={**parts},
        days=days,
        rests_on=tuple(
            f"survey {one.number} {one.answers_digest}"
            for one in surveys
            if str(one.number) in parts
        ),
    )


def _satisfied(survey: Survey) -> tuple[str, tuple[int, int]] | None:
    first = survey.questions.filter(kind=QuestionKind.SCALE).order_by("position").first()
    if first is None:
        return None
    score = score_of(first.key, list(survey.answers.values_list("values", flat=True)))
    if score is None or score.count < survey.least:
        return None
    return str(survey.number), (score.content, score.count)


def _compliance(period: Period, now: datetime, zone: ZoneInfo, days: float) -> Reading:
    # The last moment of the period: a law in force from the first of January binds the next year.
    rate = compliance_rate(min(period.until(zone) - timedelta(microseconds=1), now))
    return _rate_reading(rate, "law", "duty", days)


def _execution(period: Period, now: datetime, zone: ZoneInfo, days: float) -> Reading:
    del zone
    return _rate_reading(execution_rate(period.first, period.last, now), "kind", "control", days)


def _rate_reading(rate: Rate, group: str, noun: str, days: float) -> Reading:
    if not rate.due:
        return Reading(problem="nothing_due", days=days)
    tallies = rate.by.get(group, {})
    return Reading(
        count=rate.done,
        total=rate.due,
        parts={key: (tally.done, tally.due) for key, tally in tallies.items() if tally.due},
        apart=len(rate.rows) - rate.due,
        days=days,
        rests_on=tuple(f"{noun} {row.key} {row.outcome}" for row in rate.rows if row.due),
    )


READERS: dict[str, Reader] = {
    "incident-rate": _incidents,
    "satisfaction": _satisfaction,
    "compliance": _compliance,
    "execution": _execution,
}
