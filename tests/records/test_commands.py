"""``shangdun incident`` and ``shangdun user`` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shangdun.cli.main import shangdun
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.models import Incident, LedgerEntry, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _settings(settings, home: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def run(*words: str) -> Result:
    result = CliRunner().invoke(shangdun, list(words), catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(*words: str) -> list[dict[str, Any]]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_incident_from_report_to_close() -> None:
    (account,) = told(
        "user", "add", "chen", "--role", "technical_support", "--email", "c@example.com"
    )
    assert User.objects.get(username="chen").check_password(account["one_time_password"])
    (reported,) = told(
        "incident",
        "report",
        "支付页报错",
        "--type",
        "data_breach",
        "--severity",
        "critical",
        "--when",
        "2026-01-02 08:00:00",
        "--affected",
        "checkout",
    )
    assert (reported["number"], reported["severity_id"], reported["state"]) == (1, 5, "reported")
    assert reported["occurred_at"].startswith("2026-01-02T00:00:00")  # eight in Shanghai
    assert told("incident", "take", "1", "--as", "chen")[0]["assignee"] == "chen"
    assert run("incident", "comment", "1", "在查", "--as", "chen").exit_code == 0
    assert told("incident", "move", "1", "active", "--as", "chen")[0]["state"] == "active"
    close = ("incident", "close", "1", "--verdict", "benign_positive", "--note", "a drill")
    assert told(*close, "--as", "chen")[0]["verdict"] == "benign_positive"
    assert told("incident", "list") == []
    assert [row["number"] for row in told("incident", "list", "--all")] == [1]
    (shown,) = told("incident", "show", "1")
    by_itself = {"clock", "escalation"}  # duties are reckoned, leadership is asked
    assert [e["kind"] for e in shown["timeline"] if e["kind"] not in by_itself] == [
        "reported",
        "assigned",
        "comment",
        "state",
        "state",
    ]
    assert "在查" in run("incident", "show", "1").output
    assert LedgerEntry.objects.count() == 6
    assert LedgerEntry.objects.get(seq=2).actor.startswith("local:")


def test_people_and_their_roles() -> None:
    run("user", "add", "chen")
    assert told("user", "roles", "chen")[0]["roles"] == ["employee"]
    changed = told("user", "roles", "chen", "--set", "legal", "--set", "auditor")
    assert changed[0]["roles"] == ["auditor", "legal"]
    assert [row["name"] for row in told("user", "list")] == ["chen"]
    assert "auditor, legal" in run("user", "list").output
    before = User.objects.get().password
    assert "one-time password" in run("user", "reset-password", "chen").output
    assert User.objects.get().password != before


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("incident", "show", "7"), NotFound),
        (("incident", "take", "7"), UsageError),
        (("incident", "list", "--as", "ghost"), UsageError),
        (("user", "list", "--as", "wang"), NotAllowed),
        (("user", "add", "li", "--as", "wang"), NotAllowed),
    ],
)
def test_what_cannot_be_done_says_so(words: tuple[str, ...], error: type[Exception]) -> None:
    run("user", "add", "wang")
    with pytest.raises(error):
        run(*words)
    assert not Incident.objects.exists()
    assert User.objects.count() == 1
