"""Standing duties as they stand in laws, read from ``content/law/register.yml``.

A duty has versions, each from a day on. The version in force on a day is the newest that has begun,
unless it was repealed before. What somebody judged is kept with the version it was judged against.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec
import yaml

from shangdun.kernel.errors import RuleError
from shangdun.respond.regulators.conditions import Condition, read_condition
from shangdun.respond.regulators.law import Certainty

Words = dict[str, str]
"""By language: ``zh`` and ``en``."""


class LawVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What one article asks for, from a day on."""

    law: Words
    article: Words
    title: Words
    """The duty in a line."""
    text: Words
    """What is owed, in our own words."""
    source: str
    certainty: Certainty
    effective_from: date
    repealed_on: date | None = None
    """The first day on which it no longer holds, where nothing took its place."""
    quote: str = ""
    """The article itself, of a statute; empty for standards, which may not be quoted."""
    penalty: Words = {}

    @property
    def to_be_confirmed(self) -> bool:
        return self.certainty is not Certainty.VERIFIED

    @property
    def sha256(self) -> str:
        """Of everything it says: the same text gives the same hash, whatever the file's order."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


class LawDuty(msgspec.Struct, frozen=True, kw_only=True):
    """One standing duty: whom it binds, who looks after it, how its text has changed."""

    uid: str
    law: str
    """Key of its law, by which the register is grouped."""
    group: str
    """Which of the company's groups looks after it until somebody is named."""
    when: Any = None
    """Of which companies and shops; none: of all."""
    versions: tuple[LawVersion, ...]

    @property
    def condition(self) -> Condition | None:
        return None if self.when is None else read_condition(self.when, self.uid)


class Change(NamedTuple):
    """One field that differs between two versions."""

    field: str
    before: str
    after: str


def in_force(versions: Iterable[LawVersion], day: date) -> LawVersion | None:
    """The version that holds on a day; None before the first, and once it was repealed."""
    begun = [version for version in versions if version.effective_from <= day]
    if not begun:
        return None
    newest = max(begun, key=lambda version: version.effective_from)
    over = newest.repealed_on is not None and newest.repealed_on <= day
    return None if over else newest


COMPARED = ("article", "title", "text", "quote", "penalty", "certainty", "repealed_on")


def difference(before: LawVersion | None, after: LawVersion, language: str) -> tuple[Change, ...]:
    """What ``after`` says otherwise, by field, in ``zh`` or ``en``; of a new duty all of it."""
    found = []
    for field in COMPARED:
        old = _said(getattr(before, field), language) if before else ""
        new = _said(getattr(after, field), language)
        if old != new:
            found.append(Change(field, old, new))
    return tuple(found)


def _said(value: Any, language: str) -> str:  # noqa: ANN401 - a field of a version
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("zh") or "")
    return "" if value is None else str(value)


def read_register(document: Mapping[str, Any], where: str) -> tuple[LawDuty, ...]:
    """Every duty with its versions in their order. Raises ``RuleError`` (``law.register``)."""
    found: dict[str, LawDuty] = {}
    try:
        for raw in document["duties"]:
            duty = _duty(raw, document["laws"][raw["law"]])
            if duty.uid in found:
                raise _wrong(f"{duty.uid} is there twice", where)
            found[duty.uid] = duty
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise _wrong(repr(error), where) from error
    for duty in found.values():
        days = [version.effective_from for version in duty.versions]
        if days != sorted(set(days)):
            raise _wrong(f"the versions of {duty.uid} are not in the order of their days", where)
    return tuple(found.values())


def _duty(raw: Mapping[str, Any], law: Mapping[str, Any]) -> LawDuty:
    shared = {
        "law": law["title"],
        "source": law["source"],
        "effective_from": law["effective_from"],
        "title": raw["title"],
        **({"text": raw["text"]} if "text" in raw else {}),
    }
    versions = [{**shared, **version} for version in raw["versions"]]
    return msgspec.convert(
        {
            "uid": raw["id"],
            "law": raw["law"],
            "group": raw["group"],
            "when": raw.get("when"),
            "versions": versions,
        },
        LawDuty,
    )


def _wrong(message: str, where: str) -> RuleError:
    return RuleError(message, code="law.register", where=where, fix="see docs/compliance.md")


@lru_cache(maxsize=1)
def register() -> tuple[LawDuty, ...]:
    """All that is shipped, by law."""
    text = (files("shangdun") / "content" / "law" / "register.yml").read_text("utf-8")
    return read_register(yaml.safe_load(text), "content/law/register.yml")


@lru_cache(maxsize=1)
def edition() -> str:
    """Which state of the laws the shipped register holds: ``2026-11``."""
    text = (files("shangdun") / "content" / "law" / "register.yml").read_text("utf-8")
    return str(yaml.safe_load(text)["edition"])


def read_version(snapshot: Mapping[str, Any]) -> LawVersion:
    """A version from what ``snapshot_of`` kept of it."""
    return msgspec.convert(snapshot, LawVersion)


def snapshot_of(version: LawVersion) -> dict[str, Any]:
    """The version as plain data, for keeping: ``read_version`` gives it back."""
    kept: dict[str, Any] = msgspec.to_builtins(version)
    return kept


REVIEW_DAYS = 30
"""So long somebody has to review a change that is in force already when it becomes known."""


def review_until(effective_from: date, today: date) -> date:
    """By when a change is to be reviewed: before it is in force, or within thirty days."""
    return effective_from if effective_from > today else today + timedelta(days=REVIEW_DAYS)
