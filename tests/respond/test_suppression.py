"""A suppression holds for exactly what it names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.errors import UsageError
from shangdun.respond.suppression import Scope, Scopes, check_scope, check_until

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FOUND = Finding(
    uid="1", rule_uid="sqli", title="SQL Injection in a Request", severity_id=4, time=0,
    first_time=0, entities=[Entity("address", "203.0.113.9"), Entity("account", "li")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (Scope(), False),
        (Scope(rule_uid="sqli"), True),
        (Scope(rule_uid="xss"), False),
        (Scope(title="sql injection"), True),
        (Scope(title="sql injection", rule_uid="xss"), False),
        (Scope(kind="address", value="203.0.113.9"), True),
        (Scope(kind="account", value="li"), False),  # named beside the main entity
        (Scope(kind="account", value="li", rule_uid="sqli"), True),
        (Scope(kind="account", value="li", title="sql"), True),
        (Scope(kind="account", value="LI"), False),
        (Scope(kind="staff", value="li"), False),
        (Scope(kind="address", value="203.0.113.0/24"), True),
        (Scope(kind="address", value="203.0.112.0/24"), False),
        (Scope(kind="address", value="2001:db8::/32"), False),
        (Scope(kind="account", value="203.0.113.0/24"), False),
        (Scope(rule_uid="sqli", kind="address", value="203.0.113.9", title="request"), True),
    ],
)
def test_holds(scope: Scope, holds: bool) -> None:
    assert scope.holds(FOUND) is holds
    assert (Scopes([(7, scope)]).withholding(FOUND) == 7) is holds


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope(), "suppression.scope"),
        (Scope(value="li"), "suppression.scope"),
        (Scope(kind="account"), "suppression.scope"),
        (Scope(kind="address", value="203.0.113.0/99"), "suppression.network"),
        (Scope(kind="address", value="0.0.0.0/0"), "suppression.network"),
        (Scope(kind="address", value="::/1"), "suppression.network"),
    ],
)
def test_what_is_empty_half_or_too_wide_is_refused(scope: Scope, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_scope(scope)
    assert caught.value.code == code


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(1), NOW + timedelta(91)])
def test_it_ends(until: datetime) -> None:
    check_until(NOW + timedelta(90), NOW)
    with pytest.raises(UsageError, match="ends"):
        check_until(until, NOW)
