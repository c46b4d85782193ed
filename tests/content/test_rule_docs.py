"""The pages about rules say what the rules and the code do."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from shangdun.detect.correlation.spec import TYPES, read_correlation
from shangdun.detect.correlation.state import Limits
from shangdun.detect.rule_page import rule_page
from shangdun.detect.rules import builtin_folder, load_rules
from shangdun.detect.ruletest import run_file

DOCS = Path(__file__).parents[2] / "docs"


def test_the_rule_reference_is_current(tmp_path):
    page = rule_page(load_rules(cache_dir=tmp_path), builtin_folder())
    stale = "run: python -m shangdun.detect.rule_page > docs/rules.md"
    assert (DOCS / "rules.md").read_text("utf-8") == page, stale


def examples() -> list[dict]:
    text = (DOCS / "writing-rules.md").read_text("utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def test_the_examples_are_rules_that_load(tmp_path):
    rule, content, correlation, _ = examples()
    folder = tmp_path / "rules"
    folder.mkdir()
    refused = {**rule, "name": "payment_refused", "id": "b7a80e0f-3d4a-4f0c-9d52-6b7f0f0a5c10"}
    documents = [{**rule, **content}, refused, correlation]
    (folder / "example.yml").write_text(yaml.safe_dump_all(documents, allow_unicode=True), "utf-8")
    ruleset = load_rules([folder], builtin=False, cache_dir=tmp_path)
    assert not ruleset.errors
    assert len(ruleset.rules) == 2
    assert len(ruleset.correlations) == 1


def test_the_example_of_cases_holds(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "example.tests.yml").write_text(yaml.safe_dump(examples()[3]), "utf-8")
    stuffing = builtin_folder() / "web" / "credential_stuffing.yml"
    (tmp_path / "example.yml").write_bytes(stuffing.read_bytes())
    results = list(run_file(tmp_path / "example.tests.yml"))
    assert [(result.case, result.problem) for result in results] == [
        ("a tool tries passwords", ""),
        ("three typing errors", ""),
    ]


def test_what_is_said_of_correlations_is_so():
    text = (DOCS / "writing-rules.md").read_text("utf-8")
    assert all(f"`{kind}`" in text for kind in TYPES)
    limits = Limits()
    assert (limits.groups, limits.events, limits.group_events) == (100_000, 1_000_000, 20_000)
    assert limits.lateness == 5 * 60_000
    assert read_correlation(examples()[2], uid="u").span == 600_000
