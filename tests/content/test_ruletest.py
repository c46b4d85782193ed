"""The runner itself: a case that does not hold must fail, and say why."""

from __future__ import annotations

from pathlib import Path

import pytest

from shangdun.detect.ruletest import run_file, run_folder

RULE = """\
title: Refused
name: refused
id: 0f6a7f0e-58f7-4c0f-8a0e-3a3f6a1c5d11
logsource: {category: webserver}
detection:
    refused: {sc-status: 403}
    condition: refused
"""
CASE = """\
format: combined
line: '@from@ - - [@time@] "GET /@n%3@ HTTP/1.1" @status@ 1 "-" "-"'
given: {from: 192.0.2.7, status: 403}
cases:
    - name: case
      events: [{repeat: 4}]
      finds: 1
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "refused.yml").write_text(RULE)
    return rules


def problem(folder: Path, case: str) -> str:
    path = folder / "refused.tests.yml"
    path.write_text(case)
    (result,) = run_file(path)
    return result.problem


def test_a_case_that_holds_passes(folder):
    assert problem(folder, CASE) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("finds: 1", "finds: 0"), "1 findings, expected 0"),
        (("finds: 1", "finds: 2"), "1 findings, expected 2"),
        (("finds: 1", "finds: {refused: 2}"), "found {'refused': 1}, expected {'refused': 2}"),
        (("finds: 1", "finds: {other: 1}"), "no rule 'other'"),
        (("finds: 1", "finds: 1\n      entities: {address: [192.0.2.8]}"), "192.0.2.8"),
        (("status: 403", "status: 200"), "0 findings, expected 1"),
        (("format: combined", "format: shop"), "cannot be read as shop"),
        (("format: combined", "format: morse"), "morse"),
        (("{repeat: 4}", "{repeat: 4, every: soon}"), "no timespan"),
        (("{repeat: 4}", "{repeat: 100001}"), "more than 100000 events"),
        (("cases:", "case:"), "cannot be read as rule tests"),
    ],
)
def test_a_case_that_does_not_hold_says_why(folder, change, said):
    assert said in problem(folder, CASE.replace(*change))


def test_a_rule_that_does_not_load_fails_its_cases(folder):
    (folder / "refused.yml").write_text(RULE.replace("condition: refused", "condition: nothing"))
    assert "refused.yml" in problem(folder, CASE)


def test_a_rule_without_cases_fails(folder):
    assert [result.problem for result in run_folder(folder)] == ["has no refused.tests.yml"]


def test_cases_do_not_see_each_other(folder):
    correlation = """\
---
title: Many refused
name: many
id: 8c5f2c39-3fd6-4b8f-8c0c-5d4e2a1b9f22
correlation:
    {type: event_count, rules: refused, group-by: c-ip, timespan: 1d, condition: {gte: 5}}
"""
    (folder / "refused.yml").write_text(RULE + correlation)
    twice = CASE.replace("finds: 1", "finds: 0")
    twice += twice.split("cases:\n")[1]
    (folder / "refused.tests.yml").write_text(twice)
    assert [result.problem for result in run_file(folder / "refused.tests.yml")] == ["", ""]
