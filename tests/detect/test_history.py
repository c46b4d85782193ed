"""Rules over the lake see what the watch would have seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.history import History, Range, over_history, run_history
from shangdun.detect.rule import RuleSet
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake

from .conftest import LoadDocuments, rule_text

DAY = datetime(2026, 11, 22, tzinfo=UTC)
NOW = DAY + timedelta(days=1)
ACCESS = '{ip} - {user} [22/Nov/2026:{time} +0000] "GET {target} HTTP/1.1" 200 5 "-" "x"\n'
SYSLOG = (
    "Nov 22 11:0{n}:00 edge sshd[7]: Failed password for root from 203.0.113.{n} port 22 ssh2\n"
)
AUDIT = 'type=EXECVE msg=audit(1795345200.{n:03d}:{n}): argc=2 a0="nc" a1="-e"\n'


def access(n: int, target: str = "/", ip: str = "203.0.113.9", user: str = "-") -> str:
    return ACCESS.format(ip=ip, user=user, time=f"10:{n // 60:02d}:{n % 60:02d}", target=target)


def windows(n: int) -> str:
    event = {"Channel": "Security", "EventID": 4688, "CommandLine": f"mimikatz {n}"}
    return json.dumps({**event, "TimeCreated": f"2026-11-22T12:00:{n:02d}Z"}) + "\n"


SHOP = (
    '{{"time": 1795340{n:03d}000, "class_uid": 92006003, "activity_id": 1, '
    '"coupon.code": "SAVE{n}", "status_id": 2}}\n'
)

LINES = {
    "combined": "".join(access(n, f"/?q={n}' or 1=1") for n in range(5)) + access(9),
    "syslog": "".join(SYSLOG.format(n=n) for n in range(5)),
    "windows": "".join(windows(n) for n in range(5)),
    "json": "".join(windows(n) for n in range(5)),
    "auditd": "".join(AUDIT.format(n=n) for n in range(5)),
    "shop": "".join(SHOP.format(n=n) for n in range(5)),
}
RULES = {
    "combined": ({"s": {"cs-uri-query|contains": "or 1=1"}}, {"category": "webserver"}),
    "syslog": ({"s": ["Failed password"]}, {"product": "linux", "service": "sshd"}),
    "windows": ({"s": {"CommandLine|contains": "mimikatz"}}, {"product": "windows"}),
    "json": ({"s": {"CommandLine|contains": "mimikatz"}}, {"product": "windows"}),
    "auditd": ({"s": {"a0": "nc"}}, {"product": "linux", "service": "auditd"}),
    "shop": ({"s": {"coupon.code|startswith": "SAVE"}}, {"category": "coupon"}),
}


def store(lake: Lake, form: str, text: str, version: int = 1) -> None:
    parser = get_parser(form, clock=FixedClock(NOW))
    parsed = parser.parse(Block(text.encode(), 1, 0, f"{form}.log"))
    assert not parsed.dead
    frame = conform(parsed, source=form, observed=to_millis(NOW), file_id=form)
    lake.append(frame, app_id="a", version=version)


def live(ruleset: RuleSet, form: str, text: str) -> list[Finding]:
    parsed = get_parser(form, clock=FixedClock(NOW)).parse(Block(text.encode(), 1, 0, form))
    return Detector(ruleset).process(parsed, source=form, file_id=form, path=form)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", clock=FixedClock(NOW))


@pytest.mark.parametrize("form", LINES)
def test_a_rule_finds_in_the_lake_what_it_finds_live(
    lake: Lake, load: LoadDocuments, form: str
) -> None:
    detection, logsource = RULES[form]
    ruleset = load(rule_text({**detection, "condition": "s"}, logsource=logsource))
    for version, (other, text) in enumerate(LINES.items(), 1):
        store(lake, other, text, version)
    lake.compact()
    expected = live(ruleset, form, LINES[form])
    assert expected
    found = run_history(lake, ruleset, Range(DAY, NOW + timedelta(days=1), [form]))
    assert found.events == LINES[form].count("\n")
    assert {f.uid for f in found.findings} == {f.uid for f in expected}
    assert sorted(e.raw for f in found.findings for e in f.evidences) == sorted(
        e.raw for f in expected for e in f.evidences
    )


def test_windows_see_the_sources_in_the_order_of_time(lake: Lake, load: LoadDocuments) -> None:
    """Ten an hour from two files that were stored one after the other."""
    rule = rule_text(
        {"s": {"cs-uri-stem": "/login"}, "condition": "s"},
        name="login",
        logsource={"category": "webserver"},
    )
    burst = json.dumps(
        {
            "title": "burst",
            "correlation": {
                "type": "event_count",
                "rules": ["login"],
                "group-by": ["src_endpoint.ip"],
                "timespan": "3m",
                "condition": {"gte": 6},
            },
        }
    )
    ruleset = load(f"{rule}\n---\n{burst}")
    for version, ip in enumerate(("203.0.113.1", "203.0.113.2"), 1):
        text = "".join(access(n, "/login", ip=ip) for n in range(0, 600, 60))
        parsed = get_parser("combined").parse(Block(text.encode()))
        frame = conform(parsed, source=f"web{version}", observed=to_millis(NOW), file_id="f")
        lake.append(frame, app_id="a", version=version)
    assert run_history(lake, ruleset, Range(DAY, NOW)).found == 0
    crowded = "".join(access(n, "/login", ip="203.0.113.3") for n in range(0, 60, 10))
    store(lake, "combined", crowded, 3)
    found = run_history(lake, ruleset, Range(DAY, NOW))
    assert [f.entities[0].value for f in found.findings] == ["203.0.113.3"]
    assert found.events == 26


def test_a_range_is_half_open_and_progress_can_cancel(lake: Lake, load: LoadDocuments) -> None:
    ruleset = load(
        rule_text(
            {"s": {"cs-uri-query|contains": "or 1=1"}, "condition": "s"},
            logsource={"category": "webserver"},
        )
    )
    store(lake, "combined", LINES["combined"])
    ten = DAY + timedelta(hours=10)
    part = run_history(lake, ruleset, Range(ten + timedelta(seconds=1), ten + timedelta(seconds=3)))
    assert (part.events, part.matched, part.done) == (2, 2, 1.0)
    heard: list[float] = []

    def stop(history: History) -> bool:
        heard.append(history.done)
        return False

    assert run_history(lake, ruleset, Range(DAY, NOW), progress=stop).cancelled
    assert len(heard) == 1
    empty = list(over_history(lake, ruleset, Range(NOW, NOW + timedelta(days=1))))
    assert sum(step.events for step in empty) == 0


def test_what_never_followed_is_found_at_the_end_of_the_range(
    lake: Lake, load: LoadDocuments
) -> None:
    one, two, three = (f"00000000-0000-4000-8000-00000000000{n}" for n in "123")
    tried = rule_text(
        {"a": {"coupon.code": "SAVE4"}, "condition": "a"},
        id=one, name="tried", logsource={"category": "coupon"},
    )  # fmt: skip
    used = rule_text(
        {"a": {"coupon.code": "USED"}, "condition": "a"},
        id=two, name="used", logsource={"category": "coupon"},
    )  # fmt: skip
    absent = {"type": "absence", "rules": ["tried", "used"], "timespan": "10m"}
    missed = json.dumps({"title": "missed", "id": three, "correlation": absent})
    ruleset = load(tried, used, missed)
    assert not ruleset.errors
    store(lake, "shop", LINES["shop"])
    happened = datetime.fromtimestamp(1_795_340_004, UTC)
    soon = Range(DAY, happened + timedelta(minutes=9))
    assert run_history(lake, ruleset, soon).found == 0
    later = run_history(lake, ruleset, Range(DAY, happened + timedelta(minutes=30)))
    assert [finding.title for finding in later.findings] == ["missed"]
