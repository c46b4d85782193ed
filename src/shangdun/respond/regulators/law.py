"""Duties to report as they stand in laws: dated versions, read from ``content/law/clocks.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import yaml

from shangdun.kernel.errors import RuleError
from shangdun.respond.regulators.conditions import Condition, read_condition

Words = dict[str, str]
"""By language: ``zh`` and ``en``."""


class Certainty(StrEnum):
    """How sure the text of a rule is; whatever is not V is to be confirmed by counsel."""

    VERIFIED = "V"
    SECONDARY = "S"
    UNVERIFIED = "U"


class Start(StrEnum):
    """From when a clock runs."""

    KNOWN_AT = "known_at"
    """The company became aware of the incident."""
    HANDLING_ENDED = "handling_ended"


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One duty of one article in one version.

    ``within`` None is "without delay": the law names no hours, and none are invented.
    """

    uid: str
    effective_from: date
    effective_to: date | None = None
    """The last day on which it holds."""
    zone: str
    """Where the days of ``effective_*`` begin."""
    law: Words
    article: Words
    source: str
    certainty: Certainty
    duty: Words
    to: Words
    starts: Start
    within: timedelta | None
    when: Condition
    form: str
    phase: str
    note: Words
    penalty: Words

    @property
    def version(self) -> str:
        return self.effective_from.isoformat()

    @property
    def to_be_confirmed(self) -> bool:
        return self.certainty is not Certainty.VERIFIED

    def in_force(self, at: datetime) -> bool:
        """Whether it holds on the day of that moment, where the law is from."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


_SPAN = re.compile(r"(\d+)([hd])")


def read_duties(document: Mapping[str, Any], where: str) -> tuple[Duty, ...]:
    """Every version of every duty; ``RuleError`` where two versions of one hold on the same day."""
    laws = document["laws"]
    duties = tuple(
        _duty(raw["id"], version, laws[version["law"]], where)
        for raw in document["duties"]
        for version in raw["versions"]
    )
    _refuse_overlaps(duties, where)
    return duties


def _duty(uid: str, raw: Mapping[str, Any], law: Mapping[str, Any], where: str) -> Duty:
    return Duty(
        uid=uid,
        effective_from=raw.get("effective_from", law["effective_from"]),
        effective_to=raw.get("effective_to", law.get("effective_to")),
        zone=law.get("zone", "Asia/Shanghai"),
        law=law["title"],
        article=raw["article"],
        source=law["source"],
        certainty=Certainty(raw["certainty"]),
        duty=raw["duty"],
        to=raw["to"],
        starts=Start(raw.get("starts", "known_at")),
        within=_span(raw.get("within"), f"{where}: {uid}"),
        when=read_condition(raw["when"], f"{where}: {uid}"),
        form=raw["form"],
        phase=raw.get("phase", "first"),
        note=raw.get("note", {}),
        penalty=raw.get("penalty", {}),
    )


def _span(text: str | None, where: str) -> timedelta | None:
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    if found is None:
        raise RuleError(f"{text!r} is no span", code="law.span", where=where, fix="write 4h or 30d")
    amount = int(found[1])
    return timedelta(hours=amount) if found[2] == "h" else timedelta(days=amount)


def _refuse_overlaps(duties: tuple[Duty, ...], where: str) -> None:
    for one in duties:
        for other in duties:
            later = one.uid == other.uid and one.effective_from < other.effective_from
            same = one is not other and (one.uid, one.version) == (other.uid, other.version)
            if same or (
                later and (one.effective_to is None or one.effective_to >= other.effective_from)
            ):
                raise RuleError(
                    f"two versions of {one.uid} hold on {other.effective_from}",
                    code="law.versions",
                    where=where,
                    fix="let the older one end the day before",
                )


@lru_cache(maxsize=1)
def duties() -> tuple[Duty, ...]:
    """All that is shipped, in the order of the file: the strictest first."""
    text = (files("shangdun") / "content" / "law" / "clocks.yml").read_text("utf-8")
    return read_duties(yaml.safe_load(text), "content/law/clocks.yml")
