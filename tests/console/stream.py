"""Decisions in the records and keys for those who follow them, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import Client

from shangdun.actions import decision_rows
from shangdun.actions.change_enforcer import do_add_enforcer
from shangdun.protect.decision import Measure, author, scope
from shangdun.protect.target import target
from shangdun.records.actor import SETUP
from shangdun.records.models import Decision, DecisionState, Enforcer


def decide(
    kind: str, value: str, measure: str = "block", *, minutes: float | None = 60, where: str = "",
    by: str = "rule:sqli",
) -> Decision:  # fmt: skip
    now = datetime.now(UTC)
    wanted = decision_rows.Wanted(
        target=target(kind, value),
        measure=Measure(measure),
        reason="it attacked",
        author=author(by),
        scope=scope(where),
        until=None if minutes is None else now + timedelta(minutes=minutes),
        rate=30 if measure == "throttle" else 0,
    )
    return decision_rows.write([wanted], now)[0]


def undo(*rows: Decision) -> None:
    decision_rows.end(rows, DecisionState.UNDONE, by="test", now=datetime.now(UTC))


class Follower:
    """Somebody with a key."""

    def __init__(self, name: str, kind: str, product: str = "") -> None:
        self.row, self.key = do_add_enforcer(SETUP, name=name, kind=kind, product=product)
        self.client = Client(headers={"X-Api-Key": self.key, "User-Agent": "test-client/v1.2"})

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers=headers)

    @property
    def now(self) -> Enforcer:
        return Enforcer.objects.get(pk=self.row.pk)
