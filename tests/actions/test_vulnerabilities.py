"""Vulnerabilities: reports that change only what they speak of, decisions that end."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from tests.actions.conftest import NOON

from shangdun.actions.assets.due_days import do_set_due_days
from shangdun.actions.assets.inventory import do_add_asset, do_archive_asset
from shangdun.actions.assets.rows import NewAsset
from shangdun.actions.vulnerabilities.decide import (
    Assigned,
    NewVulnerability,
    do_accept_vulnerability,
    do_add_vulnerability,
    do_assign_vulnerability,
    do_call_false_positive,
    do_close_vulnerability,
    do_end_decisions,
    do_reopen_vulnerability,
)
from shangdun.actions.vulnerabilities.remind import remind_of_vulnerabilities
from shangdun.actions.vulnerabilities.reports import Imported, do_import_vulnerabilities
from shangdun.assess.inventory.layers import AssetKind, MarkKind
from shangdun.assess.inventory.marks import mark_of
from shangdun.assess.vulnerabilities.sarif import read_sarif
from shangdun.assess.vulnerabilities.severity import Grade
from shangdun.assess.vulnerabilities.sheet import read_findings
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    LedgerEntry,
    Message,
    Vulnerability,
    VulnerabilityEvent,
    VulnerabilityImport,
)
from shangdun.records.roles import Role
from shangdun.records.vulnerability_figures import vulnerability_figures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))


def sarif(*names: str, tool: str = "S", scope: str = "main", made: str = "", **more: Any) -> bytes:
    results = [{"ruleId": name, "message": {"text": name}, "level": "error"} for name in names]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": tool}},
        "results": results,
        "automationDetails": {"id": f"{scope}/"},
    } | more
    if made:
        run["invocations"] = [{"executionSuccessful": True, "endTimeUtc": made}]
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def take(content: bytes, days: int = 0, **more: Any) -> Imported:
    digest = hashlib.sha256(content).hexdigest()
    clock = FixedClock(NOON + timedelta(days=days))
    return do_import_vulnerabilities(
        SETUP, read_sarif(content), name="x.sarif", digest=digest, clock=clock, **more
    )


def states() -> dict[str, str]:
    return dict(Vulnerability.objects.values_list("rule", "state"))


def events(rule: str) -> list[str]:
    rows = VulnerabilityEvent.objects.filter(vulnerability__rule=rule).order_by("id")
    return list(rows.values_list("act", flat=True))


def test_the_same_report_again_changes_nothing_at_all():
    assert take(sarif("a", "b")).opened == 2
    before = list(Vulnerability.objects.order_by("pk").values())
    ledger = LedgerEntry.objects.count()
    assert take(sarif("a", "b"), days=3) == Imported()
    assert list(Vulnerability.objects.order_by("pk").values()) == before
    assert LedgerEntry.objects.count() == ledger
    assert VulnerabilityImport.objects.count() == 1


def test_fixed_closes_and_what_returns_reopens():
    take(sarif("a", "b"))
    assert take(sarif("b"), days=5) == Imported(closed=1, unchanged=1)
    assert states() == {"a": "fixed", "b": "open"}
    assert take(sarif("a", "b", made="2026-05-20T00:00:00Z"), days=9).reopened == 1
    row = Vulnerability.objects.get(rule="a")
    assert (row.reopened, row.due) == (1, date(2026, 6, 12))  # thirty days from the new opening
    assert row.first_seen == NOON
    assert events("a") == ["opened", "fixed", "reopened"]


def test_a_report_speaks_for_its_own_tool_and_scope():
    take(sarif("a"))
    take(sarif("x", tool="T"))
    take(sarif("y", scope="app"))
    assert take(sarif(), days=1).closed == 1
    assert states() == {"a": "fixed", "x": "open", "y": "open"}


@pytest.mark.parametrize(
    "more",
    [
        {"invocations": [{"executionSuccessful": False}]},
        {"results": None},  # SARIF 3.14.23: it did not try
        {"results": [{"ruleId": "b", "message": {"text": "b"}}, 7]},
    ],
)
def test_what_did_not_come_to_its_end_closes_nothing(more):
    take(sarif("a"))
    take(sarif(**more), days=1, partly=True)
    assert states()["a"] == "open"


def test_unreadable_findings_need_a_word():
    content = sarif(results=[{"ruleId": "b", "message": {"text": "b"}}, 7])
    with pytest.raises(UsageError) as caught:
        take(content)
    assert caught.value.code == "report.troubles"
    assert not Vulnerability.objects.exists()
    assert take(content, partly=True).opened == 1


def test_an_older_report_does_not_undo_a_newer_one():
    take(sarif("a", made="2026-05-03T00:00:00Z"))
    with pytest.raises(UsageError) as caught:
        take(sarif("a", "b", made="2026-05-01T00:00:00Z"), days=1)
    assert caught.value.code == "report.older"


def test_assets_are_found_by_host_and_code():
    marks = (mark_of(MarkKind.HOST, "10.0.0.0/24"), mark_of(MarkKind.CODE, "main"))
    asset = do_add_asset(SETUP, NewAsset(name="net", kind=AssetKind.NETWORK, marks=marks))
    rows = [["title", "severity", "host"], ["x", "low", "10.0.0.7"], ["y", "low", "10.9.0.7"]]
    report = read_findings(rows, form="csv", tool="N")
    do_import_vulnerabilities(SETUP, report, name="n.csv", digest="0")
    take(sarif("a"))
    placed = dict(Vulnerability.objects.values_list("title", "asset"))
    assert placed == {"x": asset.pk, "y": None, "a": asset.pk}
    with pytest.raises(UsageError) as caught:
        do_archive_asset(SETUP, number=asset.number)
    assert caught.value.code == "asset.vulnerable"


def test_a_persons_word_outlives_reports(responder):
    take(sarif("a", "b"))
    a = Vulnerability.objects.get(rule="a")
    wanted = Assigned(owner_id=responder.pk, due=date(2026, 5, 9))
    do_assign_vulnerability(responder, wanted, number=a.number, version=a.version)
    worse = {"properties": {"security-severity": "9.9"}}
    rule = {"name": "S", "rules": [{"id": "a", **worse}]}
    changed = json.loads(sarif("a", "b"))
    changed["runs"][0]["tool"] = {"driver": rule}
    assert take(json.dumps(changed).encode(), days=2).changed == 1
    a.refresh_from_db()
    assert (a.severity, a.due, a.owner) == ("critical", date(2026, 5, 9), responder)
    with pytest.raises(EditConflict):
        do_assign_vulnerability(responder, Assigned(), number=a.number, version=1)


def test_accepting_is_leaderships_and_ends(somebody, responder):
    take(sarif("a"))
    boss = somebody(Role.LEADERSHIP)
    number = Vulnerability.objects.get().number
    clock = FixedClock(NOON)
    until = date(2026, 5, 20)
    how = {"number": number, "reason": "replaced in May", "expires_on": until, "clock": clock}
    with pytest.raises(NotAllowed):
        do_accept_vulnerability(responder, **how)
    do_accept_vulnerability(boss, **how)
    do_accept_vulnerability(boss, **how)
    assert events("a") == ["opened", "accepted"]
    assert take(sarif("a", made="2026-05-10T00:00:00Z"), days=6).unchanged == 1
    assert states() == {"a": "accepted"}
    assert do_end_decisions(JOBS, clock=FixedClock(NOON + timedelta(days=16))) == 0  # its last day
    assert do_end_decisions(JOBS, clock=FixedClock(NOON + timedelta(days=17))) == 1
    row = Vulnerability.objects.get()
    assert (row.state, row.reason, row.due) == ("open", "", date(2026, 6, 20))
    with pytest.raises(UsageError):
        do_accept_vulnerability(boss, number=number, reason=" ", expires_on=until, clock=clock)
    past = date(2026, 5, 4)
    with pytest.raises(UsageError):
        do_accept_vulnerability(boss, number=number, reason="x", expires_on=past, clock=clock)


def test_nobody_accepts_their_own_or_for_ever(somebody):
    take(sarif("a"))
    boss, other = somebody(Role.LEADERSHIP, name="zhao"), somebody(Role.LEADERSHIP, name="qian")
    row = Vulnerability.objects.get()
    do_assign_vulnerability(boss, Assigned(owner_id=boss.pk), number=row.number)
    how = {"number": row.number, "reason": "no money", "clock": FixedClock(NOON)}
    with pytest.raises(UsageError) as own:
        do_accept_vulnerability(boss, expires_on=date(2026, 6, 1), **how)
    with pytest.raises(UsageError) as ever:
        do_accept_vulnerability(other, expires_on=date(2099, 1, 1), **how)
    assert (own.value.code, ever.value.code) == ("vulnerability.own", "vulnerability.until")
    assert states() == {"a": "open"}
    do_accept_vulnerability(other, expires_on=date(2026, 6, 1), **how)


def test_by_hand(responder):
    wanted = NewVulnerability(title="Backups are public", severity=Grade.CRITICAL)
    clock = FixedClock(NOON)
    row = do_add_vulnerability(responder, wanted, clock=clock)
    assert do_add_vulnerability(responder, wanted, clock=clock) == row
    assert row.due == date(2026, 5, 11)
    do_call_false_positive(responder, number=row.number, reason="another bucket", clock=clock)
    do_reopen_vulnerability(responder, number=row.number, reason="it is ours", clock=clock)
    with pytest.raises(UsageError):
        do_close_vulnerability(responder, number=row.number, reason="", clock=clock)
    do_close_vulnerability(responder, number=row.number, reason="asked without a key: 403")
    acts = list(row.events.order_by("id").values_list("act", flat=True))
    assert acts == ["opened", "false_positive", "withdrawn", "fixed"]


def test_the_companys_own_days(responder):
    take(sarif("a"))
    do_set_due_days(responder, {"high": 10}, known_exploited_days=1)
    assert Vulnerability.objects.get().due == date(2026, 5, 14)
    row = Vulnerability.objects.get()
    do_assign_vulnerability(responder, Assigned(known_exploited=True), number=row.number)
    assert Vulnerability.objects.get().due == date(2026, 5, 5)


def test_owners_hear_once_a_week_and_figures_count(responder):
    take(sarif("a", "b"))
    row = Vulnerability.objects.get(rule="a")
    do_assign_vulnerability(responder, Assigned(owner_id=responder.pk), number=row.number)
    late = NOON + timedelta(days=40)
    assert remind_of_vulnerabilities(NOON) == 0
    assert remind_of_vulnerabilities(late) == 2  # the owner, and support for what has none
    remind_of_vulnerabilities(late + timedelta(hours=1))
    assert Message.objects.filter(kind="vulnerability_overdue").count() == 2
    take(sarif("b"), days=41)
    figures = vulnerability_figures(SETUP, NOON, NOON + timedelta(days=60), late)
    high = next(one for one in figures.grades if one.grade is Grade.HIGH)
    assert (high.open, high.overdue, high.opened, high.fixed, high.median_days) == (1, 1, 2, 1, 41)


def test_a_large_report_does_not_ask_the_database_for_each_finding(django_assert_max_num_queries):
    names = [f"rule-{n}" for n in range(1_000)]
    with django_assert_max_num_queries(60):
        assert take(sarif(*names)).opened == 1_000
