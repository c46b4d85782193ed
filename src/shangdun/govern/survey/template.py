"""Surveys that are ready: ``content/surveys/*.yml``."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import yaml

from shangdun.govern.survey.questions import Question
from shangdun.kernel.errors import NotFound


class SurveyTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of them; its first scale question is the one that the measure reads."""

    key: str
    title_zh: str
    title_en: str
    intro_zh: str
    intro_en: str
    thanks_zh: str
    thanks_en: str
    questions: tuple[Question, ...]


@cache
def survey_template(key: str) -> SurveyTemplate:
    """By its key. Raises ``NotFound``."""
    path = resources.files("shangdun.content") / "surveys" / f"{key}.yml"
    if not key.isidentifier() or not path.is_file():
        raise NotFound(f"there is no survey {key[:40]!r}", fix="satisfaction")
    return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), SurveyTemplate)
