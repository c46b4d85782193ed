"""Findings as OCSF 1.8.0 Detection Finding (class_uid 2004), as JSON."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import polars as pl

from shangdun import __version__
from shangdun.detect.evidence import times_of
from shangdun.detect.finding import Finding
from shangdun.detect.match import Match
from shangdun.detect.rule import AnyRule, Rule
from shangdun.kernel.ids import content_id
from shangdun.kernel.severity import Severity
from shangdun.lake.block import LINE, OFFSET

VERSION = "1.8.0"
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)


def to_ocsf(finding: Finding, rule: AnyRule | None = None) -> dict[str, Any]:
    """A finding as the object that OCSF describes; keys in a fixed order."""
    event = _head(finding.rule_uid, finding.title, finding.severity_id, finding.tags, rule)
    info = event["finding_info"]
    info["uid"] = finding.uid
    info["first_seen_time"], info["last_seen_time"] = finding.first_time, finding.time
    event["time"] = finding.time
    event["count"] = finding.count
    event["observables"] = [
        {"name": one.kind, "type_id": 99, "value": one.value} for one in finding.entities
    ]
    event["evidences"] = [
        {"data": {"file": one.file, "line": one.line, "raw": one.raw}} for one in finding.evidences
    ]
    event["unmapped"] = {"reasons": msgspec.to_builtins(finding.reasons)}
    return event


def _head(
    uid: str, title: str, severity_id: int, tags: list[str], rule: AnyRule | None
) -> dict[str, Any]:
    analytic: dict[str, Any] = {"uid": uid, "name": title, "type_id": 1, "type": "Rule"}
    if rule is not None and rule.description:
        analytic["desc"] = rule.description
    attacks = [
        {"technique": {"uid": found[1].upper()}, "version": "ATT&CK"}
        for tag in tags
        if (found := _TECHNIQUE.fullmatch(tag))
    ]
    return {
        "class_uid": 2004,
        "category_uid": 2,
        "activity_id": 1,
        "type_uid": 200401,
        "severity_id": severity_id,
        "severity": Severity(severity_id).name.capitalize(),
        "status_id": 1,
        "metadata": {
            "version": VERSION,
            "product": {"name": "ShangDun", "vendor_name": "ShangDun", "version": __version__},
        },
        "finding_info": {"title": title, "analytic": analytic, "attacks": attacks, "tags": tags},
    }


class MatchLines:
    """Matches written as JSON lines, one a row: most of a line is the same for a rule and a file.

    A finding's uid is made from rule, file and offset, so that it is the same every time.
    """

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], tuple[str, str, str, str]] = {}

    def write(self, match: Match, frame: pl.DataFrame, file: str, observed: int) -> str:
        """One line a row; ``observed`` stands where an event has no time."""
        parts = self._parts.get((match.rule.uid, file))
        if parts is None:
            parts = self._parts[match.rule.uid, file] = _parts(match.rule, file)
        head, middle, tail, end = parts
        rows = match.rows
        offsets = frame[OFFSET].to_numpy()[rows].tolist()
        lines = frame[LINE].to_numpy()[rows].tolist()
        times = [time or observed for time in times_of(frame, rows)]
        return "".join(
            [
                f"{head}{offset:012x}{middle}{time}{tail}{line}{end}"
                for offset, time, line in zip(offsets, times, lines, strict=True)
            ]
        )


def _parts(rule: Rule, file: str) -> tuple[str, str, str, str]:
    """A line without its offset, its time and its line number, which stand between the parts."""
    event = _head(rule.uid, rule.title, rule.severity_id, list(rule.tags), None)
    event["finding_info"]["uid"] = content_id(rule.uid, file)[:20] + "\x01"
    event["time"] = "\x02"
    event["count"] = 1
    event["evidences"] = [{"data": {"file": file, "line": "\x03"}}]
    text = msgspec.json.encode(event).decode()
    head, rest = text.split("\\u0001", 1)
    middle, rest = rest.split('"\\u0002"', 1)
    tail, end = rest.rsplit('"\\u0003"', 1)
    return head, middle, tail, end + "\n"
