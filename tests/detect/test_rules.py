"""Loading: whatever is wrong is named with its place, and the rest loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shangdun.detect import ir
from shangdun.detect.rule import RuleSet
from shangdun.detect.rules import load_rules

from .conftest import LoadDocuments, rule_text

GOOD = rule_text({"sel": {"f": "x"}, "condition": "sel"}, title="good")

WRONG = {
    "not YAML": (b"title: [\n", 2, "YAML"),
    "not UTF-8": (b"title: a\nid: \xff\n", 2, "UTF-8"),
    "not a map": (b"- one\n- two\n", 1, "not a map"),
    "a plain word": (b"hello", 1, "not a map"),
    "no detection": (b"title: a\nlogsource: {category: x}\n", 1, "detection"),
    "no title": (b"logsource: {category: x}\ndetection: {a: {f: x}, condition: a}\n", 1, "title"),
    "unknown level": (
        b"title: a\nlogsource: {category: x}\nlevel: awful\ndetection: {a: {f: x}, condition: a}\n",
        3,
        "awful",
    ),
    "bad condition": (
        b"title: a\nlogsource: {category: x}\ndetection:\n  a: {f: x}\n  condition: a and\n",
        5,
        "",
    ),
    "unknown selection": (
        b"title: a\nlogsource: {category: x}\ndetection:\n  a: {f: x}\n  condition: b\n",
        5,
        "'b'",
    ),
    "unknown modifier": (
        (
            b"title: a\nlogsource: {category: x}\ndetection:\n  a:\n    g: 1\n    f|soon: x\n"
            b"  condition: a\n"
        ),
        6,
        "soon",
    ),
    "bad regular expression": (
        b"title: a\nlogsource: {category: x}\ndetection:\n  a:\n    f|re: '('\n  condition: a\n",
        5,
        "(",
    ),
    "bad network": (
        (
            b"title: a\nlogsource: {category: x}\ndetection:\n  a:\n    f|cidr: nowhere\n"
            b"  condition: a\n"
        ),
        5,
        "CIDR",
    ),
    "a key twice": (b"title: a\ntitle: b\n", 2, "twice"),
    "identifier": (b"title: a\nid: 17\nlogsource: {category: x}\n", 2, ""),
    "pipe condition": (
        (
            b"title: a\nlogsource: {category: x}\ndetection:\n  a: {f: x}\n"
            b"  condition: a | count() > 5\n"
        ),
        5,
        "pipe",
    ),
    "content of the wrong shape": (
        GOOD.replace('"level"', '"shangdun": {"title": 5}, "level"').encode(),
        1,
        "shangdun",
    ),
    "alias bomb": (
        (
            b"title: a\nlogsource: {category: x}\nx: &a [1,1,1,1,1,1,1,1,1,1]\n"
            b"y: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nz: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
            b"w: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\nv: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
            b"detection: {a: {f: x}, condition: a}\n"
        ),
        1,
        "alias",
    ),
    "lists without end": (b"title: a\nx: " + b"[" * 500_000, 2, "deep"),
    "maps without end": (b"title: a\nx: " + b"{a: " * 250_000, 2, "deep"),
    "items without end": (b"title: a\nx:\n" + b"- " * 500_000, 3, "deep"),
    "keys without end": (b"? " * 500_000, 1, "deep"),
    "steps without end": (
        b"title: a\nx:\n" + b"".join(b" " * n + b"y:\n" for n in range(1, 1400)),
        1,
        "",
    ),
    "huge": (b"title: " + b"a" * (1 << 20), 1, "larger"),
    "a date that is none": (b"title: a\ndate: 2026-13-45\n", 1, ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_named_and_the_others_run(name: str, load: LoadDocuments) -> None:
    data, line, said = WRONG[name]
    ruleset = load(data, GOOD)
    assert [rule.title for rule in ruleset.rules] == ["good"]
    (error,) = ruleset.errors
    assert error.path.endswith("rule0.yml")
    assert said in error.message
    assert error.line == line, error


def test_one_bad_document_does_not_take_its_file_along(load: LoadDocuments) -> None:
    ruleset = load(f"{GOOD}\n---\ntitle: bad\n---\n{GOOD.replace('good', 'other')}")
    assert [rule.title for rule in ruleset.rules] == ["good", "other"]
    assert [error.line for error in ruleset.errors] == [3]
    assert ruleset.errors[0].title == "bad"


def test_two_rules_with_one_id(load: LoadDocuments) -> None:
    uid = "8f4a8f7e-4a4b-4e3c-9d5c-0c8c7f0e1a11"
    texts = [
        rule_text({"a": {"f": "x"}, "condition": "a"}, title=t, id=uid) for t in ("one", "two")
    ]
    ruleset = load(*texts)
    assert [rule.title for rule in ruleset.rules] == ["one"]
    assert "rule0.yml:1" in ruleset.errors[0].message
    assert ruleset.errors[0].title == "two"


def test_a_rule_without_id_gets_one_from_its_content(load: LoadDocuments) -> None:
    first = load(GOOD).rules[0].uid
    assert load(GOOD.replace('"low"', '"high"')).rules[0].uid == first
    assert load(GOOD.replace('"x"', '"y"')).rules[0].uid != first


def test_what_cannot_be_evaluated_yet_is_skipped_with_its_reason(load: LoadDocuments) -> None:
    ruleset = load(rule_text({"a": {"f|expand": "%list%"}, "condition": "a"}), GOOD)
    assert not ruleset.errors
    assert "%list%" in ruleset.skipped[0].message
    assert len(ruleset.rules) == 1


def test_what_a_rule_says_of_itself_is_kept(load: LoadDocuments) -> None:
    content = {"title": {"zh": "题", "en": "t"}, "entities": {"account": "user.name"}}
    text = rule_text(
        {"a": {"f": "x"}, "condition": "a"},
        status="experimental",
        tags=["attack.t1190", "oat.001"],
        falsepositives=["none"],
        shangdun=content,
        team="blue",
    )
    (rule,) = load(text).rules
    assert (rule.status, rule.level, rule.severity_id) == ("experimental", "low", 2)
    assert rule.tags == ("attack.t1190", "oat.001")
    assert rule.falsepositives == ("none",)
    assert rule.content.title["zh"] == "题"
    assert rule.content.entities == {"account": "user.name"}
    assert rule.attributes == {"team": "blue"}


def correlation(**more: object) -> str:
    section = {
        "type": "event_count",
        "rules": ["base"],
        "group-by": ["user.name"],
        "timespan": "5m",
        "condition": {"gte": 3},
    }
    return json.dumps({"title": "many", "correlation": section | more, "level": "high"})


def test_correlations_are_linked_by_name_within_and_across_files(load: LoadDocuments) -> None:
    base = rule_text({"a": {"f": "x"}, "condition": "a"}, name="base")
    ruleset = load(f"{base}\n---\n{correlation()}")
    (rule,) = ruleset.correlations
    assert rule.spec.rules == (ruleset.rules[0].uid,)
    assert ruleset.quiet() == {ruleset.rules[0].uid}
    assert not load(f"{base}\n---\n{correlation(generate=True)}").quiet()


def test_a_correlation_that_refers_to_nothing_is_an_error(load: LoadDocuments) -> None:
    ruleset = load(GOOD, correlation())
    assert not ruleset.correlations
    assert "'base'" in ruleset.errors[0].message


def test_correlations_in_a_circle_are_errors(load: LoadDocuments) -> None:
    first = json.loads(correlation(rules=["b"])) | {"name": "a", "title": "a"}
    second = json.loads(correlation(rules=["a"])) | {"name": "b", "title": "b"}
    ruleset = load(json.dumps(first), json.dumps(second))
    assert not ruleset.correlations
    assert {error.title for error in ruleset.errors} == {"a", "b"}


def test_tests_and_hidden_files_are_no_rules(tmp_path: Path) -> None:
    (tmp_path / "a.tests.yml").write_text("cases: []")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.yml").write_text("x")
    (tmp_path / "a.yml").write_text(GOOD)
    ruleset = load_rules([tmp_path], builtin=False, cache_dir=tmp_path / ".cache")
    assert (len(ruleset.rules), ruleset.errors) == (1, [])


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    ruleset = load_rules([tmp_path / "gone"], builtin=False, cache_dir=tmp_path / "cache")
    assert "no such" in ruleset.errors[0].message


def test_the_rules_that_come_with_the_product_all_load(tmp_path: Path) -> None:
    ruleset = load_rules(cache_dir=tmp_path)
    assert not ruleset.errors
    assert not ruleset.skipped
    assert len(ruleset.rules) > 20
    assert len(ruleset.correlations) > 5


# the cache


def equal(one: RuleSet, other: RuleSet) -> bool:
    return (one.rules, one.correlations, one.skipped) == (
        other.rules,
        other.correlations,
        other.skipped,
    )


def test_the_second_load_comes_from_the_cache_and_is_the_same(load: LoadDocuments) -> None:
    base = rule_text({"a": {"f|contains": ["x", "y*z"]}, "condition": "not a"}, name="base")
    cold, warm = load(base, correlation()), load(base, correlation())
    assert (cold.cached, warm.cached) == (False, True)
    assert equal(cold, warm)


def test_a_changed_file_is_compiled_again(load: LoadDocuments) -> None:
    load(GOOD)
    changed = load(GOOD.replace('"x"', '"y"'))
    assert not changed.cached
    assert isinstance(changed.rules[0].condition, ir.Text)
    assert changed.rules[0].condition.value == "y"


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "foreign", "other", "writable"])
def test_a_bad_cache_is_ignored_and_rebuilt(harm: str, load: LoadDocuments, tmp_path: Path) -> None:
    cold = load(GOOD)
    (cache,) = (tmp_path / "cache").glob("*.rules")
    data = cache.read_bytes()
    damaged = {
        "empty": b"",
        "cut": data[:-7],
        "flipped": data[:-1] + bytes([data[-1] ^ 1]),
        "foreign": b"\x80\x04\x95 a pickle, say",
        "other": data[:49] + b"\x80",
        "writable": data,
    }
    cache.write_bytes(damaged[harm])
    if harm == "writable":
        cache.chmod(0o666)
    again = load(GOOD)
    assert not again.cached
    assert equal(cold, again)
    assert load(GOOD).cached


def test_a_cache_folder_that_cannot_be_written_costs_only_time(
    load: LoadDocuments, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert len(load(GOOD).rules) == 1


@pytest.mark.slow
def test_the_whole_corpus_loads(sigmahq: Path, tmp_path: Path) -> None:
    ruleset = load_rules([sigmahq], builtin=False, cache_dir=tmp_path)
    assert len(ruleset.rules) > 3700
    assert not ruleset.errors
    assert all(error.message.startswith("there is no list") for error in ruleset.skipped)
    names = {error.message.split("%")[1]: ["value", "10.0.0.0/8"] for error in ruleset.skipped}
    filled = load_rules([sigmahq], builtin=False, cache_dir=tmp_path, lists=names)
    assert not filled.errors
    assert not filled.skipped
    assert len(filled.rules) == len(ruleset.rules) + len(ruleset.skipped)
    warm = load_rules([sigmahq], builtin=False, cache_dir=tmp_path)
    assert warm.cached
    assert equal(ruleset, warm)


def test_a_condition_that_cannot_be_read_is_named_without_the_parsers_grammar(tmp_path):
    rule = tmp_path / "wrong.yml"
    rule.write_text(
        "title: x\nlogsource: {category: webserver}\n"
        "detection:\n  a: {cs-uri-stem|contains: x}\n  condition: a and and a\n"
    )
    (error,) = load_rules([rule], builtin=False).errors
    assert (error.line, error.message) == (
        5,
        "the condition cannot be read at character 11: 'a' there",
    )
