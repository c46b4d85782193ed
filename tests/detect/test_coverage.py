"""What is watched, what is blind, and which format would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from shangdun.detect.coverage import AUTOMATED_THREATS, Feed, affirms, coverage, feeds_of
from shangdun.detect.log_sources import log_source_page, recognised
from shangdun.detect.rule_text import RuleText
from shangdun.detect.rules import load_rules
from shangdun.detect.techniques import techniques
from shangdun.lake.block import Logsource

ROOT = Path(__file__).parents[2]

WEB = Feed("access", Logsource(category="webserver"))
APP = Feed("app", Logsource())
PAY = Feed("till", Logsource("shop", "payment"))
RULES = """
title: Web
name: web
id: 4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f80
tags: [attack.t1190, attack.defense_evasion, oat.014]
logsource: {category: webserver}
detection: {selection: {cs-uri-stem: /x}, condition: selection}
---
title: Paid
name: paid
id: 4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f81
tags: [oat.001]
logsource: {product: shop, category: payment}
detection: {selection: {payment.amount: 1}, condition: selection}
---
title: Then
id: 4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f82
tags: [attack.t1078.004, oat.012]
correlation:
  type: temporal
  rules: [web, paid]
  group-by: [src_endpoint.ip]
  timespan: 5m
  generate: true
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory):
    cache = tmp_path_factory.mktemp("cache")
    found = load_rules(builtin=False, cache_dir=cache, texts=[RuleText("rules.yml", RULES)])
    assert not found.errors
    return found.every()


def states(rules, *feeds: Feed, off: tuple[str, ...] = ()) -> dict[str, str]:
    return {one.key: one.state for one in coverage(rules, feeds=feeds, off=off)}


def test_a_rule_without_events_is_blind_and_says_what_to_connect(rules) -> None:
    found = {one.key: one for one in coverage(rules, feeds=[WEB])}
    assert (found["T1190"].state, found["T1190"].sources) == ("watched", ("access",))
    assert (found["OAT-001"].state, found["OAT-001"].connect) == ("blind", ("shop",))
    assert found["OAT-002"].state == "none"
    assert found["stealth"].state == "watched"  # as older rules call it: defense evasion
    assert len([one for one in found.values() if one.kind == "threat"]) == len(AUTOMATED_THREATS)


def test_what_follows_one_another_needs_all_of_it(rules) -> None:
    assert states(rules, WEB)["OAT-012"] == "blind"
    assert states(rules, WEB, PAY)["OAT-012"] == "watched"
    found = {one.key: one for one in coverage(rules, feeds=[WEB])}
    assert found["T1078"].connect == ("shop",)
    assert (found["T1078"].name, found["T1078"].name_zh) == ("Valid Accounts", "合法账号")


def test_events_that_say_nothing_of_themselves_feed_no_rule(rules) -> None:
    assert states(rules, APP)["T1190"] == "blind"


def test_a_rule_that_is_off_watches_nothing(rules) -> None:
    uid = "4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f80"
    assert states(rules, WEB, off=(uid,))["T1190"] == "off"


@pytest.mark.parametrize(
    ("rule", "event", "fed"),
    [
        (Logsource("", "webserver"), Logsource("", "webserver"), True),
        (Logsource("apache"), Logsource("", "webserver"), True),
        (Logsource("linux"), Logsource("", "webserver"), False),
        (Logsource("windows", "process_creation"), Logsource("windows", "", "security"), False),
        (Logsource("windows", "process_creation"), Logsource("windows", "process_creation"), True),
        (Logsource("windows", "", "security"), Logsource("windows", "", "security"), True),
        (Logsource("windows", "", "security"), Logsource("windows", "", "sysmon"), False),
        (Logsource("linux", "", "auditd"), Logsource("linux", "", "auditd"), True),
        (Logsource("linux"), Logsource("linux", "", "sshd"), True),
        (Logsource("aws", "", "cloudtrail"), Logsource(), False),
        (Logsource(), Logsource("", "dns"), True),
    ],
)
def test_what_feeds_what(rule: Logsource, event: Logsource, fed: bool) -> None:
    assert affirms(rule, event) is fed


def test_what_came_longer_ago_than_a_day_does_not_count() -> None:
    day = 24 * 3600 * 1000
    seen = {"access": {"/webserver/": 10 * day, "/dns/": 8 * day, "broken": 10 * day}}
    assert feeds_of(seen, 10 * day + 1000) == [WEB]


def test_techniques_are_facts_with_both_names() -> None:
    known = techniques()
    assert len(known) > 170
    for one in known.values():
        assert one.name, one.key
        assert one.name_zh, one.key
        assert one.tactics, one.key


def test_every_technique_and_threat_of_our_rules_has_a_name() -> None:
    for one in coverage(load_rules().every()):
        assert one.name, one.key
        assert one.name_zh, one.key


def test_the_page_of_log_sources_is_up_to_date() -> None:
    page = (ROOT / "docs" / "logsources.md").read_text()
    assert page == log_source_page(), "python -m shangdun.detect.log_sources > docs/logsources.md"
    names = {one.name for one in recognised()}
    for wanted in ("aws / cloudtrail", "alibaba / actiontrail", "linux / auditd", "shop / payment"):
        assert wanted in names
