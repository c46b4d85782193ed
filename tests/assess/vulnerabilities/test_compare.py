"""What a report changes: nothing when it says the same again, and only its own tool's findings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.assess.vulnerabilities.compare import COMPARED, Known, Standing, effect_of
from shangdun.assess.vulnerabilities.found import Found, Section, told_apart
from shangdun.assess.vulnerabilities.severity import Grade, due_on, grade_of
from shangdun.assess.vulnerabilities.sheet import read_findings
from shangdun.kernel.errors import UsageError


def one(name: str, grade: Grade = Grade.HIGH, **more) -> Found:
    return Found(basis=name, title=name, severity=grade, **more)


def section(*found: Found) -> Section:
    return Section(tool="S", found=told_apart(found))


def kept(found: Found, number: int, standing: Standing = Standing.OPEN) -> Known:
    values = {name: getattr(found, name) for name in COMPARED}
    return Known(number=number, standing=standing, **values)


def known_after(said: Section, before: dict[str, Known], *, whole: bool = True) -> dict[str, Known]:
    """The records as an import would leave them."""
    effect = effect_of(said, before, whole=whole)
    after = dict(before)
    numbers = {item.number: identity for identity, item in before.items()}
    for found in effect.opened:
        after[found.identity] = kept(found, len(after) + 1)
    for number, found in (*effect.reopened, *effect.changed):
        standing = before[numbers[number]].standing
        if (number, found) in effect.reopened:
            standing = Standing.OPEN
        after[found.identity] = kept(found, number, standing)
    for number in effect.closed:
        old = after[numbers[number]]
        after[numbers[number]] = msgspec.structs.replace(old, standing=Standing.FIXED)
    return after


def test_open_close_reopen():
    first = known_after(section(one("a"), one("b")), {})
    effect = effect_of(section(one("b"), one("c")), first, whole=True)
    assert [found.title for found in effect.opened] == ["c"]
    assert effect.closed == (1,)
    assert effect.unchanged == (2,)
    second = known_after(section(one("b"), one("c")), first)
    effect = effect_of(section(one("a"), one("b"), one("c")), second, whole=True)
    assert [number for number, _found in effect.reopened] == [1]
    assert not effect.opened


def test_a_part_closes_nothing():
    first = known_after(section(one("a"), one("b")), {})
    effect = effect_of(section(one("b")), first, whole=False)
    assert effect.closed == ()
    assert effect.missing == (1,)


@pytest.mark.parametrize("whole", [True, False])
def test_what_the_report_names_as_fixed_is_closed_and_never_opened(whole: bool):
    first = known_after(section(one("a"), one("b")), {})
    said = section(one("a", fixed=True), one("b"), one("new", fixed=True))
    effect = effect_of(said, first, whole=whole)
    assert (effect.closed, effect.settled, effect.opened) == ((1,), 1, ())
    after = known_after(said, first, whole=whole)
    assert effect_of(said, after, whole=whole).nothing
    assert effect_of(section(one("a"), one("b")), after, whole=whole).reopened


def test_decisions_outlive_reports():
    said = section(one("a"), one("b"))
    a, b = said.found
    before = {
        a.identity: kept(a, 1, Standing.ACCEPTED),
        b.identity: kept(b, 2, Standing.FALSE_POSITIVE),
    }
    assert effect_of(said, before, whole=True).nothing
    gone = effect_of(section(), before, whole=True)
    assert gone.closed == (1,)  # what was accepted is gone; what never was one stays as it is


def test_what_the_tool_leaves_alone_is_not_opened():
    effect = effect_of(section(one("a", suppressed="tests")), {}, whole=True)
    assert effect.nothing
    assert len(effect.suppressed) == 1
    # But an open one does not close by it: the weakness is still there.
    before = known_after(section(one("a")), {})
    assert effect_of(section(one("a", suppressed="x")), before, whole=True).closed == ()


def test_known_exploited_is_added_never_taken_away():
    before = known_after(section(one("a")), {})
    assert effect_of(section(one("a", known_exploited=True)), before, whole=True).changed
    [(identity, held)] = before.items()
    flagged = {identity: msgspec.structs.replace(held, known_exploited=True)}
    assert effect_of(section(one("a")), flagged, whole=True).nothing


REPORTS = st.lists(st.lists(st.sampled_from("abcde"), max_size=6), min_size=1, max_size=6)


@given(REPORTS)
@settings(max_examples=80, deadline=None)
def test_the_same_again_changes_nothing_whatever_came_before(reports):
    known: dict[str, Known] = {}
    for names in reports:
        said = section(*map(one, names))
        known = known_after(said, known)
        assert effect_of(said, known, whole=True).nothing
        standing = {identity for identity, item in known.items() if item.standing is Standing.OPEN}
        assert standing == {found.identity for found in said.found}


@pytest.mark.parametrize(
    ("score", "grade"),
    [("10.0", "critical"), ("9.0", "critical"), ("8.9", "high"), ("7.0", "high"), ("4.0", "medium"),
     ("3.9", "low"), ("0.1", "low"), ("0.0", "none")],
)  # fmt: skip
def test_grades_of_scores(score, grade):
    assert grade_of(Decimal(score)).value == grade


def test_due_dates():
    day = date(2026, 2, 1)
    assert due_on(Grade.CRITICAL, day) == date(2026, 2, 8)
    assert due_on(Grade.NONE, day) is None
    assert due_on(Grade.NONE, day, known_exploited=True) == date(2026, 2, 4)
    assert due_on(Grade.LOW, day, days={"low": 10}) == date(2026, 2, 11)
    early = due_on(Grade.HIGH, day, known_exploited=True, days={"high": 1}, known_exploited_days=5)
    assert early == date(2026, 2, 2)


def test_tables_of_scanners_and_testers():
    nessus = [
        ["Plugin ID", "CVE", "CVSS v3.0 Base Score", "Risk", "Host", "Protocol", "Port", "Name"],
        ["10863", "CVE-2024-22222", 7.5, "High", "10.0.0.5", "tcp", 443, "TLS"],
        ["10863", "CVE-2024-22222", 7.5, "High", "10.0.0.5", "tcp", 8443, "TLS"],
        ["19506", "", "", "None", "10.0.0.5", "tcp", 0, "Scan information"],
    ]
    report = read_findings(nessus, form="csv", tool="Nessus")
    first, second, info = report.sections[0].found
    assert first.identity != second.identity
    assert (first.place, info.place, info.severity) == ("10.0.0.5 443", "10.0.0.5", Grade.NONE)
    chinese = [
        ["漏洞名称", "风险等级", "主机IP", "整改期限"],
        ["弱口令", "高危", "10.0.0.6", "2026年5月1日"],
        ["弱口令", "高风险", "10.0.0.7", "soon"],
        ["弱口令", "怪", "10.0.0.8", ""],
        ["弱口令", "高危", "10.0.0.6", "2026年5月1日"],
    ]
    report = read_findings(chinese, form="xlsx", tool="渗透测试")
    [found] = report.sections[0].found  # a row that stands there twice is one finding
    assert (found.severity, found.due) == (Grade.HIGH, date(2026, 5, 1))
    assert [(bad.where, bad.code) for bad in report.troubles] == [
        ("3:due", "date"),
        ("4:severity", "unknown"),
    ]
    assert not report.sections[0].whole


def test_a_table_needs_its_columns():
    with pytest.raises(UsageError) as caught:
        read_findings([["a", "b"]], form="csv", tool="x")
    assert caught.value.code == "report.columns"
    rows = [["Was", "Wie schlimm"], ["Loch", "high"]]
    chosen = {"title": "Was", "severity": "Wie schlimm"}
    report = read_findings(rows, form="csv", tool="x", chosen=chosen)
    assert report.sections[0].found[0].title == "Loch"
