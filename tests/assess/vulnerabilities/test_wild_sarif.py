"""SARIF with the habits of real scanners; what they found is invented."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from shangdun.assess.vulnerabilities.found import Found
from shangdun.assess.vulnerabilities.sarif import read_sarif
from shangdun.assess.vulnerabilities.severity import Grade


def log(*results: Any, rules: Any = (), name: str = "Scanner", **run: Any) -> bytes:
    driver = {"name": name, "rules": list(rules)}
    one = {"tool": {"driver": driver}, "results": list(results), **run}
    return json.dumps({"version": "2.1.0", "runs": [one]}).encode()


def found(content: bytes) -> list[Found]:
    report = read_sarif(content)
    assert report.troubles == ()
    return list(report.sections[0].found)


def result(rule: str, uri: str = "", line: int = 1, **more: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    locations = [{"physicalLocation": place}] if uri else []
    return {"ruleId": rule, "message": {"text": f"{rule}."}, "locations": locations} | more


@pytest.mark.parametrize("prints", ["fingerprints", "partialFingerprints"])
def test_a_fingerprint_that_must_be_paid_for_is_none(prints: str):
    """Semgrep writes the same words into all of them where nobody is logged in."""
    sold = {prints: {"matchBasedId/v1": "requires login"}}
    first, second = result("sql", "a.py", **sold), result("xss", "b.py", **sold)
    both = {one.rule: one.identity for one in found(log(first, second))}
    assert len(set(both.values())) == 2
    [left] = found(log(second))  # the first one is mended: the second one is not it
    assert left.identity == both["xss"]


def test_fingerprints_that_are_objects():
    ones = [result("R", "a.c", fingerprints={"row": {"value": text}}) for text in ("aa", "bb")]
    first, second = found(log(*ones))
    assert first.identity != second.identity
    [moved] = found(log(result("R", "moved.c", fingerprints={"row": {"value": "aa"}})))
    assert moved.identity == first.identity


def test_files_by_number():
    """ESLint and MSBuild name files once, and results point to them."""
    artifacts = [{"location": {"uri": "a.js"}, "contents": {"text": "x" * 100}},
                 {"location": {"uri": "b.js"}}, {}]  # fmt: skip
    places = [{"physicalLocation": {"artifactLocation": {"index": n}}} for n in (1, 2, 9)]
    ones = found(log(*(result("R", locations=[one]) for one in places), artifacts=artifacts))
    assert [one.place for one in ones] == ["b.js", "", ""]


@pytest.mark.parametrize(
    ("more", "properties", "grade"),
    [
        ({"level": "error"}, {"security-severity": "0.0"}, Grade.HIGH),  # no rating there
        ({"level": "note"}, {"security-severity": "0.0"}, Grade.NONE),
        ({"level": "error"}, {"cvssv3_baseScore": 9.1}, Grade.CRITICAL),
        ({"level": "note"}, {"cvssV3_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
         Grade.CRITICAL),
        ({"level": "error", "properties": {"securityRisk": "CRITICAL"}}, {}, Grade.CRITICAL),
        ({"level": "warning", "properties": {"issue_severity": "HIGH"}}, {}, Grade.HIGH),
        ({"level": "warning", "properties": {"severity": "oops"}}, {}, Grade.MEDIUM),
        ({"rank": 95.0}, {}, Grade.CRITICAL),
        ({"rank": -1.0}, {}, Grade.MEDIUM),  # 3.27.25: unknown
        ({"level": "note", "rank": 95.0}, {}, Grade.LOW),
    ],
)  # fmt: skip
def test_how_bad_it_is(more: dict[str, Any], properties: dict[str, Any], grade: Grade):
    rule = {"id": "R", "properties": properties}
    assert found(log(result("R", **more), rules=[rule]))[0].severity is grade


def test_levels_set_at_the_start():
    changed = [
        {"descriptor": {"id": "A"}, "configuration": {"level": "error"}},
        {"descriptor": {"index": 1}, "configuration": {"level": "note"}},
        {"descriptor": {"index": 99}, "configuration": {"level": "note"}},
        "nothing",
    ]
    invocations = [{"executionSuccessful": True, "ruleConfigurationOverrides": changed}]
    rules = [{"id": "A"}, {"id": "B", "defaultConfiguration": {"level": "error"}}]
    ones = found(log(result("A"), result("B"), rules=rules, invocations=invocations))
    assert [one.severity for one in ones] == [Grade.HIGH, Grade.LOW]


def test_all_that_is_said_is_kept():
    rule = {
        "id": "BDSA-1 (CVE-2020-1111)",
        "shortDescription": {"text": "CVE-2020-1111"},
        "fullDescription": {"text": "The library runs what it reads."},
        "help": {"text": "Update to 2.0."},
        "properties": {"tags": ["CVE-2020-2222"]},
    }
    properties = {"component": "lib", "componentVersion": "1.0"}
    places = result("x", "a.c", 3)["locations"] + result("x", "b.c", 4)["locations"]
    one = result(rule["id"], locations=places, properties=properties)
    [one] = found(log(one, rules=[rule]))
    assert (one.component, one.found_version, one.cve) == ("lib", "1.0", "CVE-2020-1111")
    for said in ("The library runs", "Update to 2.0.", "CVE-2020-2222", "b.c:4"):
        assert said in one.description


def test_help_that_is_an_address_only():
    rule = {"id": "CIS-1", "help": {"text": "https://docs.example/CIS-1"}}
    [one] = found(log(result("CIS-1"), rules=[rule]))
    assert one.help_url == "https://docs.example/CIS-1"
    assert "https" not in one.description


def test_each_branch_is_a_scope_of_its_own():
    def scope(**more: str) -> str:
        provenance = [{"repositoryUri": "https://git.example/shop", **more}]
        return read_sarif(log(versionControlProvenance=provenance)).sections[0].scope

    assert scope() == "https://git.example/shop"
    assert scope(branch="refs/heads/release/2") == "https://git.example/shop release/2"


def test_the_score_and_its_vector_are_of_the_result_where_it_has_them():
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"
    properties = {"security-severity": "5.0", "cvss": vector}
    [one] = found(log(result("R", properties=properties)))
    assert (one.score, one.vector) == (Decimal("5.0"), vector)
