"""Measures and surveys: targets, frozen values, surveys from their draft to their end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shangdun.actions.surveys.answer import ANYBODY
from shangdun.actions.surveys.drafts import SurveyTexts, do_change_survey, do_prepare_survey
from shangdun.actions.surveys.invite import do_invite
from shangdun.actions.surveys.opening import do_open_survey
from shangdun.govern.measures.periods import Cadence, period_of
from shangdun.govern.survey.questions import Question, QuestionKind
from shangdun.kernel.clock import FixedClock, SystemClock
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import Survey
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]


def today() -> date:
    return SystemClock().now().date()


def draft() -> Survey:
    """A draft that lacks nothing but to be opened."""
    survey = do_prepare_survey(SETUP, template="satisfaction")
    values = {
        name: getattr(survey, name)
        for name in ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
    }
    texts = SurveyTexts(**values, closes_on=today() + timedelta(days=30))
    return do_change_survey(SETUP, texts, number=survey.number)


def opened() -> Survey:
    return do_open_survey(SETUP, number=draft().number)


def _numbered(survey: Survey) -> Case:
    return (), {"number": survey.number}


def _set(world: Any) -> Case:
    return (Decimal(3),), {"measure": "incident-rate", "valid_from": today()}


def _freeze(world: Any) -> Case:
    quarter = period_of(today(), Cadence.QUARTER)
    later = FixedClock(SystemClock().now() + timedelta(days=100))
    return (), {"measure": "incident-rate", "period": quarter.key, "clock": later}


def _change(world: Any) -> Case:
    survey = do_prepare_survey(SETUP)
    return (SurveyTexts(title_zh="问卷", title_en="Survey"),), {"number": survey.number}


def _save(world: Any) -> Case:
    question = Question(key="", kind=QuestionKind.TEXT, zh="何事?", en="What?")
    return (question,), {"number": draft().number}


def _move(world: Any) -> Case:
    return (), {"number": draft().number, "key": "data", "up": True}


def _remove(world: Any) -> Case:
    return (), {"number": draft().number, "key": "wish"}


def _invite(world: Any) -> Case:
    return (["a@shop.example", "b@shop.example"],), {"number": opened().number}


def _links(world: Any) -> Case:
    return (3,), {"number": opened().number}


def _answer(world: Any) -> Case:
    survey = opened()
    token = do_invite(SETUP, ["a@shop.example"], number=survey.number)[0]
    return ({"overall": ["5"]},), {"token": token}


def _remind_of(world: Any) -> Case:
    survey = opened()
    return (), {
        "number": survey.number,
        "clock": FixedClock(SystemClock().now() + timedelta(days=28)),
    }


CASES = {
    "set_target": _set,
    "freeze_measure": _freeze,
    "prepare_survey": lambda world: ((), {"template": "satisfaction"}),
    "prepare_round": lambda world: ((), {"period": "2031H1"}),
    "change_survey": _change,
    "save_question": _save,
    "move_question": _move,
    "remove_question": _remove,
    "open_survey": lambda world: _numbered(draft()),
    "close_survey": lambda world: _numbered(opened()),
    "archive_survey": lambda world: _numbered(draft()),
    "invite": _invite,
    "make_links": _links,
    "remind_invited": _invite,
    "remind_of_survey": _remind_of,
    "answer_survey": _answer,
}
SURVEYS = {Role.LEADERSHIP, Role.CUSTOMER_SERVICE}
MAY = dict.fromkeys(
    (
        "prepare_survey", "change_survey", "save_question", "move_question", "remove_question",
        "open_survey", "close_survey", "archive_survey", "invite", "make_links", "remind_invited",
    ),
    SURVEYS,
) | {"set_target": {Role.LEADERSHIP}}  # fmt: skip
ACTORS = {
    "freeze_measure": JOBS,
    "prepare_round": JOBS,
    "remind_of_survey": JOBS,
    "answer_survey": ANYBODY,
}
