"""Decisions as enforcers take them, for tests."""

from __future__ import annotations

from shangdun.protect.decision import Decision, Measure, Scope, appeal_code, scope
from shangdun.protect.target import target

NOW = 1_790_000_000_000
HOUR = 3_600_000


def decision(
    number: int,
    kind: str,
    value: str,
    measure: str = "block",
    *,
    until: int | None = NOW + HOUR,
    where: str = "",
    author: str = "rule:sqli",
) -> Decision:
    uid = f"{number:013x}{number:019x}"
    return Decision(
        uid=uid,
        seq=number,
        measure=Measure(measure),
        target=target(kind, value),
        scope=scope(where) if where else Scope(),
        reason="it attacked",
        author=author,
        since=NOW - HOUR,
        until=until,
        appeal=appeal_code(uid),
    )
