"""SARIF as scanners write it, and as attackers do."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.assess.vulnerabilities.sarif import looks_like_sarif, read_sarif
from shangdun.assess.vulnerabilities.severity import Grade
from shangdun.kernel.errors import UsageError


def log(*results: Any, rules: Any = None, **run: Any) -> bytes:
    driver = {"name": "Scanner", "rules": rules or []}
    one = {"tool": {"driver": driver}, "results": list(results), **run}
    return json.dumps({"version": "2.1.0", "runs": [one]}).encode()


def result(rule: str = "R1", uri: str = "a.py", line: int = 3, **more: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return {
        "ruleId": rule,
        "message": {"text": f"{rule} here"},
        "locations": [{"physicalLocation": place}],
    } | more


def found(content: bytes):
    [section] = read_sarif(content).sections
    return section.found


def identities(content: bytes) -> list[str]:
    return [one.identity for one in found(content)]


def test_a_rule_says_what_results_do_not_repeat():
    rule = {
        "id": "py/sql-injection",
        "shortDescription": {"text": "SQL injection"},
        "helpUri": "javascript:alert(1)",
        "properties": {"security-severity": "9.1", "tags": ["external/cve/CVE-2024-12345"]},
        "messageStrings": {"default": {"text": "Query in {0} built from {1}."}},
    }
    message = {"id": "default", "arguments": ["shop.py", "q"]}
    [one] = found(log(result("py/sql-injection", message=message, ruleIndex=0), rules=[rule]))
    assert (one.title, one.severity, one.score) == ("SQL injection", Grade.CRITICAL, Decimal("9.1"))
    assert one.description == "Query in shop.py built from q."
    assert one.cve == "CVE-2024-12345"
    assert one.help_url == ""  # only what a page may link to
    assert one.place == "a.py:3"


@pytest.mark.parametrize(
    ("more", "rule", "grade"),
    [
        ({"level": "error"}, {}, Grade.HIGH),
        ({"level": "note"}, {}, Grade.LOW),
        ({}, {}, Grade.MEDIUM),  # 3.27.10: warning where nothing is said
        ({}, {"defaultConfiguration": {"level": "error"}}, Grade.HIGH),
        ({"kind": "review"}, {}, Grade.NONE),
        ({"level": "error"}, {"properties": {"security-severity": "3.9"}}, Grade.LOW),
        ({"level": "error"}, {"properties": {"security-severity": "NaN"}}, Grade.HIGH),
        ({"level": "error"}, {"properties": {"security-severity": "99"}}, Grade.HIGH),
        ({"level": "error"}, {"properties": {"security-severity": True}}, Grade.HIGH),
        ({"level": 7}, {"defaultConfiguration": []}, Grade.MEDIUM),
    ],
)
def test_how_bad_it_is(more, rule, grade):
    [one] = found(log(result(ruleIndex=0, **more), rules=[{"id": "R1", **rule}]))
    assert one.severity is grade


def test_what_says_nothing_is_no_finding():
    kinds = [result(kind=kind) for kind in ("pass", "notApplicable", "informational")]
    assert found(log(*kinds, result(baselineState="absent"))) == ()
    assert len(found(log(result(baselineState="unchanged")))) == 1


def test_suppressions_hold_only_if_all_are_accepted():
    why = {"kind": "inSource", "justification": "test code"}
    assert found(log(result(suppressions=[why])))[0].suppressed == "test code"
    rejected = [why, {"kind": "external", "status": "rejected"}]
    assert found(log(result(suppressions=rejected)))[0].suppressed == ""
    assert found(log(result(suppressions=[])))[0].suppressed == ""


def test_the_identity_stays_while_lines_move():
    assert identities(log(result(line=3))) == identities(log(result(line=90)))
    prints = {"partialFingerprints": {"primaryLocationLineHash": "a:1", "other": "x"}}
    moved = {"partialFingerprints": {"primaryLocationLineHash": "a:1", "other": "y"}}
    assert identities(log(result(line=3, **prints))) == identities(log(result(line=9, **moved)))
    assert identities(log(result(**prints))) != identities(log(result(uri="b.py", **prints)))


def test_a_fingerprint_stands_alone_and_its_newest_version_counts():
    one = log(result(fingerprints={"id/v1": "old", "id/v2": "new"}))
    two = log(result(uri="moved.py", fingerprints={"id/v2": "new"}))
    assert identities(one) == identities(two)
    assert identities(one) != identities(log(result(fingerprints={"id/v2": "other"})))


def test_findings_that_nothing_tells_apart_are_counted():
    twice = identities(log(result(line=3), result(line=4)))
    assert len(set(twice)) == 2
    assert identities(log(result(line=4))) == twice[:1]


def test_tool_and_scope_are_the_runs():
    content = log(
        result(),
        automationDetails={"id": "build/main/2026-11-23"},
        versionControlProvenance=[{"repositoryUri": "https://bot:secret@git.example/shop"}],
        invocations=[{"executionSuccessful": True, "endTimeUtc": "2026-11-23T08:00:00Z"}],
    )
    [section] = read_sarif(content).sections
    assert section.scope == "https://git.example/shop build/main"
    assert section.whole
    assert section.made_at is not None
    assert section.made_at.isoformat() == "2026-11-23T08:00:00+00:00"
    failed = log(result(), invocations=[{"executionSuccessful": False}])
    assert not read_sarif(failed).sections[0].whole


def test_runs_of_one_tool_and_scope_speak_together():
    run = {"tool": {"driver": {"name": "S"}}, "results": [result()]}
    other = {"tool": {"driver": {"name": "S"}}, "results": [result(rule="R2")]}
    content = json.dumps({"version": "2.1.0", "runs": [run, other]}).encode()
    [section] = read_sarif(content).sections
    assert len(section.found) == 2
    silent = {"tool": {"driver": {"name": "S"}}}  # 3.14.23: it did not try to find anything
    content = json.dumps({"version": "2.1.0", "runs": [silent]}).encode()
    assert not read_sarif(content).sections[0].whole


def test_rules_of_an_extension():
    extension = {"name": "pack", "rules": [{"id": "X", "shortDescription": {"text": "Of a pack"}}]}
    reference = {"index": 0, "toolComponent": {"index": 0}}
    one = {"message": {"text": "m"}, "rule": reference}
    run = {"tool": {"driver": {"name": "S"}, "extensions": [extension]}, "results": [one]}
    content = json.dumps({"version": "2.1.0", "runs": [run]}).encode()
    assert found(content)[0].title == "Of a pack"


def test_packages_are_read_of_messages():
    text = "Package: openssl\nInstalled Version: 1.1.1\nSeverity: HIGH\nFixed Version: 3.0"
    [one] = found(log(result("CVE-2024-11111", message={"text": text})))
    assert (one.component, one.found_version, one.fixed_version) == ("openssl", "1.1.1", "3.0")
    assert one.cve == "CVE-2024-11111"


def test_what_cannot_be_read_is_named_and_the_rest_stands():
    wrong = [7, [], "x", None, {"ruleId": 3, "message": []}, {"message": {"text": 9}}]
    report = read_sarif(log(*wrong, result()))
    [section] = report.sections
    assert len(section.found) == 1
    assert report.trouble_count == section.unread == len(wrong)
    assert report.troubles[0].where == "runs[0].results[0]"
    assert not section.whole


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "report.json"),
        (b"{", "report.json"),
        (b"[]", "report.sarif"),
        (b"{}", "report.sarif"),
        (b'{"version": "2.0.0", "runs": []}', "report.sarif"),
        (b'{"version": "2.1.0", "runs": []}', "report.empty"),
        (b'{"version": "2.1.0", "runs": [1, "x", {}]}', "report.sarif"),
        (b'{"version": "2.1.0", "runs": {"a": 1}}', "report.sarif"),
        (b'{"version": "\xff\xfe"}', "report.encoding"),
        (b'{"a":' * 50_000, "report.json"),
        (b'{"version": "2.1.0", "runs": [' + b"[" * 100_000, "report.json"),
        (b'{"version": "2.1.0", "runs": [' + b"{}," * 200 + b"{}]}", "report.many"),
    ],
)
def test_what_is_no_report_is_said(content, code):
    with pytest.raises(UsageError) as caught:
        read_sarif(content)
    assert caught.value.code == code


def test_deep_results_do_not_break_the_others():
    deep = b'{"ruleId": "R9", "message": {"text": "x"}, "properties": ' + b"[" * 900 + b"]" * 900
    content = log(result()).replace(b'"results": [', b'"results": [' + deep + b"}, ")
    report = read_sarif(content)
    assert [one.rule for one in report.sections[0].found][-1] == "R1"


def test_utf16_with_a_mark_is_read():
    content = log(result()).decode().encode("utf-16")
    assert looks_like_sarif(content)
    assert len(found(content)) == 1


def test_texts_are_bounded_and_clean():
    [one] = found(
        log(result("R" * 999, uri="u" * 9_999, message={"text": "m\x00\x1b[31m" * 9_000}))
    )
    assert len(one.rule) == 200
    assert len(one.place) <= 500
    assert len(one.description) <= 5_000
    assert "\x00" not in one.description
    assert "\x1b" not in one.description


def test_a_large_report_takes_seconds_at_most():
    content = log(*(result(f"R{n % 50}", f"f{n}.py") for n in range(20_000)))
    began = time.process_time()
    assert len(found(content)) == 20_000
    assert time.process_time() - began < 6


def test_too_many_results():
    with pytest.raises(UsageError) as caught:
        read_sarif(log(*([{"ruleId": "x"}] * 25_001)))
    assert caught.value.code == "report.many"


def test_a_message_is_not_blown_up_and_names_are_found_at_once():
    long = {"text": "{0}" * 6_600, "arguments": ["x" * 1_000_000]}
    named = [{"ruleId": f"r{n}", "message": {"text": "{0} {1}", "arguments": ["a"]}}
             for n in range(4_000)]  # fmt: skip
    content = json.loads(log({"ruleId": "x", "message": long}, *named))
    rules = [{"id": f"q{n}"} for n in range(20_000)]
    content["runs"][0]["tool"] = {"driver": {"name": "S", "rules": rules}}
    began = time.process_time()
    first, second = read_sarif(json.dumps(content).encode()).sections[0].found[:2]
    assert time.process_time() - began < 2
    assert (set(first.description) | set(first.title)) <= {"x", "…"}
    assert "a {1}" in second.title + second.description


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["ruleId", "message", "text", "locations", "rule", "index", "level",
                         "suppressions", "fingerprints", "kind", "physicalLocation"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, max_size=4), JSON, JSON)
@settings(max_examples=120, deadline=None)
def test_any_json_is_read_or_refused(results, rules, details):
    run = {"tool": {"driver": {"name": "S", "rules": rules}}, "results": results,
           "automationDetails": details}  # fmt: skip
    content = json.dumps({"version": "2.1.0", "runs": [run]}).encode()
    if not isinstance(rules, list | None):
        with pytest.raises(UsageError) as caught:
            read_sarif(content)
        assert caught.value.code == "report.sarif"
        return
    for section in read_sarif(content).sections:
        assert len({one.identity for one in section.found}) == len(section.found)
