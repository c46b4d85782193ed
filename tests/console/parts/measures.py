"""Measures and surveys: their pages by role, two years of values, a survey in each state."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import LEADERSHIP, SEES_EVENTS, SERVICE, STAFF

from shangdun.actions.measures.targets import do_set_target, suggest_targets
from shangdun.actions.surveys.answer import ANYBODY, do_answer_survey
from shangdun.actions.surveys.drafts import SurveyTexts, do_change_survey, do_prepare_survey
from shangdun.actions.surveys.invite import do_make_links
from shangdun.actions.surveys.opening import do_close_survey, do_open_survey
from shangdun.govern.measures.definition import Kind, measures
from shangdun.govern.measures.periods import Cadence, Period, period_of, periods_to
from shangdun.govern.measures.reading import Reading
from shangdun.kernel.clock import SystemClock
from shangdun.records.actor import SETUP
from shangdun.records.models import MeasureValue, Survey, SurveyState, User

ASKS = {LEADERSHIP, SERVICE}
EXPECTED = {
    "measures": ("get", STAFF),
    "measure_attempts": ("get", SEES_EVENTS),
    "measure": ("get", STAFF),
    "measure_chart": ("get", STAFF),
    "measure_target": ("post", {LEADERSHIP}),
    "surveys": ("get", STAFF),
    "survey": ("get", STAFF),
    "survey_preview": ("get", STAFF),
    "survey_question": ("get", ASKS),
    "survey_question_add": ("get", ASKS),
    **{
        f"survey_{name}": ("post", ASKS)
        for name in ("new", "change", "question_move", "question_remove", "step", "invite")
    },
    "survey_answer": ("get", set()),  # a link that opens nothing says so to everybody
}
ORDER = 70
COUNTS = (14, 9, 11, 6, 8, 5, 4)
KINDS = ("network_attack", "data_breach", "system_failure", "insider_threat")


def arguments() -> dict[str, dict[str, Any]]:
    draft = Survey.objects.filter(state=SurveyState.DRAFT).earliest("number").number
    found: dict[str, dict[str, Any]] = {
        name: {"number": draft} for name in EXPECTED if name.startswith("survey_")
    }
    for name in ("", "_move", "_remove"):
        found[f"survey_question{name}"] = {"number": draft, "key": "data"}
    found |= {"survey": {"number": draft}, "survey_step": {"number": draft, "step": "copy"}}
    found["survey_answer"] = {"token": "0" * 32}
    for name in ("measure", "measure_chart", "measure_target"):
        found[name] = {"key": "execution"}
    del found["survey_new"]
    return found


def paths() -> dict[str, str]:
    numbers = {row.state: row.number for row in Survey.objects.order_by("-number")}
    return {
        "measures": "/measures/",
        "measure": "/measures/incident-rate/",
        "measure, satisfaction": "/measures/satisfaction/",
        "attempts": "/measures/attempts/",
        "surveys": "/surveys/",
        "survey draft": f"/surveys/{numbers['draft']}/",
        "survey question": f"/surveys/{numbers['draft']}/questions/kinds/",
        "survey open": f"/surveys/{numbers['open']}/",
        "survey results": f"/surveys/{numbers['closed']}/",
    }


SCREENS = {
    "measures": "/measures/",
    "measure": "/measures/incident-rate/",
    "measure-satisfaction": "/measures/satisfaction/",
    "attempts": "/measures/attempts/",
    "surveys": "/surveys/",
    "survey-results": "/surveys/1/",
    "survey-open": "/surveys/2/",
    "survey-draft": "/surveys/3/",
    "survey-preview": "/surveys/3/preview/?lang=zh-hans",
    "survey-preview-en": "/surveys/3/preview/?lang=en",
    "survey-question": "/surveys/3/questions/kinds/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    lead, service = users["leadership"], users["customer_service"]
    _values(now)
    suggest_targets(SETUP, now.date(), SystemClock())
    quarter = period_of(now.date(), Cadence.QUARTER)
    do_set_target(
        lead, Decimal(4), measure="incident-rate", valid_from=quarter.last, reason=HOSTILE[:200]
    )
    closed = _opened(service, now.date())
    for place, token in enumerate(do_make_links(service, 60, number=closed.number)):
        if place < 47:
            _answer(token, place)
    do_close_survey(service, number=closed.number)
    opened = _opened(service, now.date())
    for token in do_make_links(service, 25, number=opened.number)[:7]:
        _answer(token, 3)
    do_prepare_survey(service, template="satisfaction")


def _opened(who: User, today: date) -> Survey:
    survey = do_prepare_survey(who, template="satisfaction")
    named = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
    kept = {name: getattr(survey, name) for name in named}
    wanted = SurveyTexts(**kept, closes_on=today + timedelta(days=20))
    do_change_survey(who, wanted, number=survey.number)
    return do_open_survey(who, number=survey.number)


def _answer(token: str, place: int) -> None:
    met = ("no", "no", "no", "yes", "unsure")[place % 5]
    given = {
        "overall": [str((5, 4, 4, 5, 3, 4, 2)[place % 7])],
        "data": [str((4, 3, 5)[place % 3])],
        "incident": [met],
        "customer": [("new", "some", "some", "long", "long", "long", "")[place % 7]],
    }
    if met != "no":
        given |= {"kinds": ["fraud", "locked"], "handling": [str(3 + place % 3)]}
    if place % 4 == 0:
        given["wish"] = [HOSTILE if place == 8 else f"短信验证码有时收不到，第 {place} 次。"]
    do_answer_survey(ANYBODY, given, token=token)


def _values(now: datetime) -> None:
    """Two years of values as the clock would have kept them."""
    for measure in measures():
        last = period_of(now.date(), measure.cadence).previous
        for place, period in enumerate(periods_to(last, len(COUNTS))):
            _value(measure.key, measure.kind, period, place, now)


def _value(key: str, kind: Kind, period: Period, place: int, now: datetime) -> None:
    count = COUNTS[place] if kind is Kind.COUNT else 70 + 3 * place
    total = None if kind is Kind.COUNT else 100
    parts: dict[str, list[int | None]] = {}
    if kind is Kind.COUNT:
        for one in range(count):
            name = KINDS[one % 3]
            parts[name] = [(parts.get(name, [0])[0] or 0) + 1, None]
    MeasureValue.objects.create(
        measure=key, period=period.key, count=count, total=total, parts=parts,
        apart=900 - 60 * place if kind is Kind.COUNT else 3, days=period.days,
        target=Decimal(8) if kind is Kind.COUNT else Decimal(85), digest=Reading().seal,
        taken_at=min(now, now.replace(year=period.last.year)),
    )  # fmt: skip
