"""The rules that come with the product: each complete, each tried on the cases beside it."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from shangdun.detect import ruletest
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.rule import CorrelationRule, Rule, RuleSet
from shangdun.detect.rules import builtin_folder, load_rules, rule_files

FILES = ruletest.case_files(builtin_folder())
RECOVERIES = {"system_probe_up", "system_source_back", "system_enforcer_back"}
"""Rules that note the end of a failure in its incident."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def pack(tmp_path_factory) -> RuleSet:
    return load_rules(cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_case_beside_a_rule_holds(path: Path, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    problems = [f"{r.case}: {r.problem}" for r in ruletest.run_file(path) if not r.passed]
    assert not problems


def test_every_rule_file_has_its_cases():
    rules = [p for p in builtin_folder().rglob("*.yml") if not p.stem.endswith(".tests")]
    assert {p.with_name(f"{p.stem}.tests.yml") for p in rules} == set(FILES)


def test_the_whole_pack_loads(pack):
    assert not pack.errors
    assert not pack.skipped
    assert len(loud(pack)) >= 40


def loud(pack: RuleSet) -> list[Rule | CorrelationRule]:
    """Rules that give findings."""
    fed = {name for rule in pack.correlations for name in rule.spec.rules} | pack.quiet()
    return [rule for rule in [*pack.rules, *pack.correlations] if rule.uid not in fed]


def test_every_rule_that_people_meet_says_what_it_means_and_what_to_do(pack):
    for rule in loud(pack):
        where = f"{rule.path}:{rule.line}"
        content = rule.content
        assert (
            set(content.title) == set(content.meaning) == set(content.response) == {"zh", "en"}
        ), where
        for text in (content.title["zh"], content.meaning["zh"], *content.response["zh"]):
            assert CHINESE.search(text), f"{where}: {text}"
        for text in (content.title["en"], content.meaning["en"], *content.response["en"]):
            assert not CHINESE.search(text), f"{where}: {text}"
        assert len(content.response["zh"]) == len(content.response["en"]) >= 3, where
        assert content.entities, where
        recovers = rule.name in RECOVERIES
        assert rule.level in ({"informational"} if recovers else {"medium", "high", "critical"}), (
            where
        )
        assert rule.falsepositives, where
        assert rule.references, where
        failure = "shangdun.system-failure" in rule.tags
        # what OWASP alone has a name for (scalping, spam) has no technique in ATT&CK
        assert failure or any(tag.startswith(("attack.t", "oat.")) for tag in rule.tags), where


def test_rules_that_only_feed_others_are_informational_and_named(pack):
    for rule in [*pack.rules, *pack.correlations]:
        if rule not in loud(pack):
            assert rule.level == "informational", rule.path
            assert rule.name, rule.path


def test_heads_are_complete(pack):
    for rule in [*pack.rules, *pack.correlations]:
        assert UUID(rule.uid).version == 4
        assert rule.author == "ShangDun"
        assert re.fullmatch(r"2\d{3}-\d\d-\d\d", rule.date)
        assert rule.status in {"test", "stable", "experimental"}
        assert rule.description


def test_names_are_unique(pack):
    names = [rule.name for rule in [*pack.rules, *pack.correlations] if rule.name]
    assert len(names) == len(set(names))


def test_windows_have_a_group(pack):
    """Without one, a busy hour of the whole shop would look like an attack."""
    specs: list[CorrelationSpec] = [rule.spec for rule in pack.correlations]
    assert all(spec.group_by for spec in specs)


def test_a_list_that_stands_in_several_files_is_the_same_in_all():
    """A file is tested alone, so it brings the lists that it names."""
    lists: dict[str, tuple[Path, list[str]]] = {}
    for path in rule_files(builtin_folder()):
        for document in yaml.safe_load_all(path.read_text("utf-8")):
            if document and "list" in document:
                first, values = lists.setdefault(document["list"], (path, document["values"]))
                assert document["values"] == values, f"{path.name}, {first.name}"
    assert len(lists) > 1
