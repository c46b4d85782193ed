"""Runs ``<rule>.tests.yml``: named cases of events, and what the rule must make of them.

Events go the whole way, as lines through the format's parser, routing, rule and correlation, so a
case also proves that the fields are there. The file's format is described in
docs/writing-rules.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from shangdun.detect.correlation.spec import read_timespan
from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.rule import Rule, RuleSet
from shangdun.detect.rules import TESTS_SUFFIX, load_rules
from shangdun.kernel.errors import RuleError, ShangdunError
from shangdun.lake.block import Block
from shangdun.lake.parse import get_parser

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""When the first event of a case happens, unless the file says otherwise."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PLACEHOLDER = re.compile(r"@(\w+)(?:%(\d+))?@")
MOST_EVENTS = 100_000
RESERVED = frozenset({"repeat", "every", "after"})


class Case(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Events and what is expected of them."""

    name: str
    events: list[str | dict[str, Any]]
    """A text is a raw line. A map fills the file's ``line``, or is the event where lines are
    JSON; ``repeat``, ``every`` and ``after`` say how often and when."""
    finds: int | dict[str, int] = 0
    """How many findings; where the file has several rules that give findings, by rule."""
    format: str = ""
    """Of this case alone, where it is not the file's."""
    entities: dict[str, list[str]] = {}
    """Kind → values that the findings must name."""


class CaseFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A whole ``<rule>.tests.yml``."""

    format: str
    cases: list[Case]
    line: str = ""
    """Template of a line; ``@name@`` is replaced by the event's value, ``@time@`` by the time."""
    given: dict[str, Any] = {}
    """Values of every event, unless it has its own."""
    start: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one case; ``problem`` is empty if it passed."""

    path: str
    case: str
    problem: str = ""

    @property
    def passed(self) -> bool:
        return not self.problem


def case_files(root: Path) -> list[Path]:
    """The files of cases in a folder, or the one given."""
    return [root] if root.is_file() else sorted(root.rglob(f"*{TESTS_SUFFIX}.yml"))


def run_folder(root: Path) -> Iterator[Result]:
    """Run every test file under a folder; a rule file without one is a failure too."""
    for path in case_files(root):
        yield from run_file(path)
    if root.is_dir():
        for rule in sorted(root.rglob("*.yml")):
            if not rule.stem.endswith(TESTS_SUFFIX) and not _beside(rule).exists():
                yield Result(path=str(rule), case="", problem=f"has no {_beside(rule).name}")


def run_file(path: Path) -> Iterator[Result]:
    """Run the cases of one file against the rule file beside it."""
    rule_path = path.with_name(path.name.replace(f"{TESTS_SUFFIX}.yml", ".yml"))
    try:
        tests = read_cases(path)
        ruleset = load_rules([rule_path], builtin=False)
        if ruleset.errors or ruleset.skipped:
            problem = "; ".join(map(str, [*ruleset.errors, *ruleset.skipped]))
            raise RuleError(problem, where=str(rule_path))
    except ShangdunError as error:
        yield Result(path=str(path), case="", problem=str(error))
        return
    detector = Detector(ruleset)
    fresh = detector.snapshot()
    for case in tests.cases:
        detector.restore(fresh)  # quicker than compiling the patterns again
        try:
            problem = run_case(case, tests, ruleset, detector)
        except ShangdunError as error:
            problem = str(error)
        yield Result(path=str(path), case=case.name, problem=problem)


def read_cases(path: Path) -> CaseFile:
    """Read a test file; raises ``RuleError`` naming it."""
    try:
        document = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        return msgspec.convert(document, CaseFile)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise RuleError(
            f"cannot be read as rule tests: {error}",
            code="rule.tests",
            where=str(path),
            fix="see docs/writing-rules.md",
        ) from error


def run_case(case: Case, tests: CaseFile, ruleset: RuleSet, detector: Detector) -> str:
    """What is wrong with a case, or an empty text."""
    lines = list(lines_of(case, tests))
    name = case.format or tests.format
    parser = get_parser(name)
    parsed = parser.parse(Block("\n".join(lines).encode() + b"\n", name=case.name))
    if parsed.dead:
        dead = parsed.dead[0]
        return f"line {dead.line} cannot be read as {name}: {dead.reason}"
    findings = detector.process(parsed, source="test", file_id=case.name, path=case.name)
    return _counts(case, ruleset, findings) or _entities(case, findings)


def lines_of(case: Case, tests: CaseFile) -> Iterator[str]:
    """The raw lines of a case. Time moves on by a second from event to event, or as told."""
    moment = datetime.fromisoformat(tests.start) if tests.start else START
    number = 0
    for event in case.events:
        if isinstance(event, str):
            yield _filled(event, {}, moment, number)
            moment += timedelta(seconds=1)
            continue
        moment += _span(event.get("after"), 0)
        step = _span(event.get("every"), 1_000)
        own = {name: value for name, value in event.items() if name not in RESERVED}
        for _ in range(int(event.get("repeat", 1))):
            number += 1
            if number > MOST_EVENTS:
                raise RuleError(f"more than {MOST_EVENTS} events", where=case.name)
            yield _line(own, tests, moment, number)
            moment += step


def _span(text: object, otherwise: int) -> timedelta:
    if isinstance(text, str) and text.endswith("ms") and text[:-2].isdecimal():
        return timedelta(milliseconds=int(text[:-2]))
    return timedelta(milliseconds=otherwise if text is None else read_timespan(text))


def _line(own: dict[str, Any], tests: CaseFile, moment: datetime, number: int) -> str:
    values = tests.given | own
    if tests.line:
        return _filled(tests.line, values, moment, number)
    event: dict[str, Any] = {"time": int(moment.timestamp() * 1_000)}
    for name, value in values.items():
        if value is not None:  # null takes away what is given
            text = isinstance(value, str)
            event[name] = _filled(value, values, moment, number) if text else value
    return msgspec.json.encode(event).decode()


def _filled(template: str, values: dict[str, Any], moment: datetime, number: int) -> str:
    known: dict[str, int | str] = {
        "n": number,
        "time": f"{moment:%d}/{MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S +0000}",
        "millis": int(moment.timestamp() * 1_000),
        "iso": moment.isoformat(),
    }

    def counted(found: re.Match[str]) -> str:
        name, modulus = found[1], found[2]
        if name not in known:
            return found[0]
        return str(number % int(modulus)) if name == "n" and modulus else str(known[name])

    def value(found: re.Match[str]) -> str:
        # a value may itself count: "u@n@"
        given = values.get(found[1])
        return counted(found) if given is None else PLACEHOLDER.sub(counted, str(given))

    return PLACEHOLDER.sub(value, template)


def _counts(case: Case, ruleset: RuleSet, findings: list[Finding]) -> str:
    loud = _loud(ruleset)
    found = Counter(loud.get(finding.rule_uid, finding.rule_uid) for finding in findings)
    if isinstance(case.finds, int):
        total = sum(found.values())
        said = f", by rule: {dict(found)}" if len(found) > 1 else ""
        return "" if total == case.finds else f"{total} findings, expected {case.finds}{said}"
    strangers = set(case.finds) - set(loud.values())
    if strangers:
        return f"no rule {min(strangers)!r} that gives findings; there are {sorted(loud.values())}"
    expected = Counter(case.finds)
    return "" if found == expected else f"found {dict(found)}, expected {dict(expected)}"


def _loud(ruleset: RuleSet) -> dict[str, str]:
    """Rules that give findings: uid → name, or the title where it has none."""
    fed = ruleset.quiet()
    every = ruleset.every()
    return {
        rule.uid: rule.name or rule.title
        for rule in every
        if not (isinstance(rule, Rule) and rule.uid in fed)
    }


def _entities(case: Case, findings: list[Finding]) -> str:
    named = {(entity.kind, entity.value) for finding in findings for entity in finding.entities}
    for kind, values in case.entities.items():
        for value in values:
            if (kind, value) not in named:
                return f"no finding names the {kind} {value}; named are {sorted(named)}"
    return ""


def _beside(rule: Path) -> Path:
    return rule.with_name(f"{rule.stem}{TESTS_SUFFIX}.yml")
