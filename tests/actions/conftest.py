"""People of every role, and findings as detection makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group

from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.ids import content_id
from shangdun.records.models import LedgerEntry, User
from shangdun.records.roles import Role

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def somebody(db: None) -> Callable[..., User]:
    """Makes an active person with the roles."""

    def make(*roles: Role, name: str = "") -> User:
        user = User.objects.create(username=name or "-".join(roles) or "nobody")
        user.groups.set(Group.objects.filter(name__in=roles))
        return user

    return make


@pytest.fixture
def responder(somebody: Callable[..., User]) -> User:
    return somebody(Role.TECHNICAL_SUPPORT, name="chen")


@pytest.fixture
def administrator(somebody: Callable[..., User]) -> User:
    return somebody(Role.ADMINISTRATOR, name="root")


def finding(
    uid: object,
    *,
    rule: str = "sqli",
    severity: int = 4,
    seconds: float = 0,
    entities: dict[str, str] | None = None,
    **changes: object,
) -> Finding:
    time = to_millis(NOON) + int(seconds * 1000)
    given = {"address": "203.0.113.9"} if entities is None else entities
    evidence = Evidence(
        source="shop", file="access.log", line=1, offset=0, time=time, raw=f"GET /?id={uid}"
    )
    values = {
        "uid": content_id(str(uid)),
        "rule_uid": rule,
        "title": f"Rule {rule}",
        "severity_id": severity,
        "time": time,
        "first_time": time,
        "entities": [Entity(kind, value) for kind, value in given.items()],
        "evidences": [evidence],
        "reasons": [Reason("cs-uri-query", "contains", "union", "union select")],
        "tags": ["attack.t1190"],
    }
    return Finding(**{**values, **changes})


def ledger() -> list[tuple[str, str, str]]:
    """(action, actor, subject) of every entry."""
    rows = LedgerEntry.objects.order_by("seq")
    return [(row.action, row.actor, f"{row.subject_kind}:{row.subject_id}") for row in rows]
