"""A report of an incident: what a person fills in, and detection fills in by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.kernel.severity import Severity
from shangdun.respond.classify import Type

LONGEST_TITLE = 300
EARLIEST = 1970
"""The first year that a report may name: a time at the end of all times fits no time zone."""
CLOCKS_APART = timedelta(minutes=5)
"""A browser's clock may run ahead of ours by this much."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Type, time and what is affected, as the emergency plan's section 四.1 asks.

    ``occurred_at`` None means now; ``severity`` is OCSF's ``severity_id``.
    """

    title: str
    type: str
    severity: int = Severity.MEDIUM
    occurred_at: datetime | None = None
    affected: str = ""
    description: str = ""


def check_report(report: Report, now: datetime) -> None:
    """Raise ``UsageError`` (codes ``report.title``, ``.type``, ``.severity``, ``.time``)."""
    if not report.title.strip() or len(report.title) > LONGEST_TITLE:
        raise UsageError(
            "a report needs a title",
            code="report.title",
            fix=f"say in one line what happened, in at most {LONGEST_TITLE} characters",
        )
    types = [one.value for one in Type]
    if report.type not in types:
        raise UsageError(
            f"{report.type!r} is no type of incident",
            code="report.type",
            fix=f"one of {', '.join(types)}",
        )
    if not Severity.INFORMATIONAL <= report.severity <= Severity.FATAL:
        raise UsageError("this is no severity", code="report.severity", fix="use 1 to 6")
    began = report.occurred_at
    if began and began.tzinfo is None:
        raise UsageError("the time has no time zone", code="report.time", fix="add it")
    if began and began.year < EARLIEST:
        raise UsageError(
            "it cannot have begun so long ago", code="report.time", fix="check the time"
        )
    if began and began > now + CLOCKS_APART:
        raise UsageError(
            "it cannot have begun in the future", code="report.time", fix="check the time"
        )
