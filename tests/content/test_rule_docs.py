"""The pages about rules say what the rules and the code do."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

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
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    return [document for block in blocks for document in yaml.safe_load_all(block)]


def cases() -> dict:
    return next(example for example in examples() if "cases" in example)


def test_the_examples_are_rules_that_load(tmp_path):
    rule, content, *others = examples()
    correlations = [{"title": "t", **one} for one in others if "correlation" in one]
    folder = tmp_path / "rules"
    folder.mkdir()
    fed = {name for one in correlations for name in read_correlation(one, uid="u").rules}
    fed -= {one.get("name") for one in correlations}
    singles = [{**rule, "name": name, "id": str(uuid5(NAMESPACE_DNS, name))} for name in fed]
    documents = [{**rule, **content}, *singles, *correlations]
    (folder / "example.yml").write_text(yaml.safe_dump_all(documents, allow_unicode=True), "utf-8")
    ruleset = load_rules([folder], builtin=False, cache_dir=tmp_path)
    assert not ruleset.errors
    assert len(ruleset.rules) == 1 + len(fed)
    assert {one.spec.type for one in ruleset.correlations} == {"event_count", "temporal", "absence"}


def test_the_example_of_cases_holds(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "example.tests.yml").write_text(yaml.safe_dump(cases()), "utf-8")
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
    assert (limits.lateness, limits.waiting) == (5 * 60_000, 200_000)
    assert read_correlation(examples()[2], uid="u").span == 600_000
