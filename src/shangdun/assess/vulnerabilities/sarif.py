"""Reports in SARIF 2.1.0 (OASIS, 2020): what each run's tool says of its scope.

Read tolerantly and bounded: a result that is not as the standard has it is named and left out, the
others stand. Nothing of it is trusted: texts are shortened, numbers checked, nesting bounded.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import msgspec

from shangdun.assess.vulnerabilities.found import (
    MOST,
    Found,
    Report,
    Section,
    Trouble,
    told_apart,
)
from shangdun.assess.vulnerabilities.sarif_result import (
    Rule,
    Rules,
    Unreadable,
    found_of,
    many_of,
    table_of,
    text_of,
)
from shangdun.kernel.errors import UsageError

LARGEST = 64 << 20
MOST_RUNS = 100
MOST_RULES = 50_000
MOST_FILES = 1_000_000
NAMED_TROUBLES = 200
NOT_FOUND = {"pass", "notApplicable", "informational"}
"""Kinds of results that say that nothing is wrong (3.27.9)."""


class _Log(msgspec.Struct):
    version: str = ""
    runs: list[msgspec.Raw] | None = None


class _Driver(msgspec.Struct):
    name: str = ""
    rules: list[msgspec.Raw] | None = None


class _Tool(msgspec.Struct):
    driver: _Driver
    extensions: list[_Driver] | None = None


class _Run(msgspec.Struct, rename="camel"):
    tool: _Tool
    results: list[msgspec.Raw] | None = None
    automation_details: msgspec.Raw = msgspec.Raw(b"null")
    version_control_provenance: msgspec.Raw = msgspec.Raw(b"null")
    invocations: msgspec.Raw = msgspec.Raw(b"null")
    artifacts: msgspec.Raw = msgspec.Raw(b"null")


class _Artifact(msgspec.Struct):
    """Of a file only where it is: its contents, which may be in here too, are passed over."""

    location: msgspec.Raw = msgspec.Raw(b"null")


class _Troubles:
    """All are counted, the first ones named."""

    def __init__(self) -> None:
        self.named: list[Trouble] = []
        self.count = 0

    def add(self, where: str, code: str, value: str = "") -> None:
        self.count += 1
        if len(self.named) < NAMED_TROUBLES:
            self.named.append(Trouble(where=where, code=code, value=value[:100]))


def looks_like_sarif(content: bytes) -> bool:
    """Whether it begins as JSON does: every table of ours begins otherwise."""
    return _unicode(content[:64]).lstrip()[:1] == b"{"


def read_sarif(content: bytes) -> Report:
    """The report as read.

    Raises ``UsageError``: ``report.large``, ``report.encoding``, ``report.json``,
    ``report.sarif``, ``report.many``.
    """
    if len(content) > LARGEST:
        raise UsageError("the file is too large", code="report.large", fix="at most 64 MB")
    log = _log(_unicode(content))
    troubles = _Troubles()
    sections = []
    left = MOST
    for number, raw in enumerate(log.runs or []):
        section, taken = _section(raw, f"runs[{number}]", troubles, left)
        left -= taken
        if section is not None:
            sections.append(section)
    if not log.runs:
        raise UsageError(
            "the report has no runs", code="report.empty", fix="scan again: nothing was scanned"
        )
    if not sections:
        raise UsageError("no run can be read", code="report.sarif", fix="export SARIF 2.1.0")
    return Report(
        form="sarif",
        sections=_together(sections),
        troubles=tuple(troubles.named),
        trouble_count=troubles.count,
    )


def _unicode(content: bytes) -> bytes:
    """As UTF-8 without a mark; scanners on Windows write UTF-16 against the standard (3.1)."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return content.decode(name, "replace").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def _log(content: bytes) -> _Log:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            "the file is not UTF-8", code="report.encoding", where=f"byte {error.start}",
            fix="export it again; do not open and save it in between",
        ) from error  # fmt: skip
    try:
        log = msgspec.json.decode(content, type=_Log)
    except msgspec.ValidationError as error:
        raise UsageError(
            "this JSON is no SARIF", code="report.sarif", where=str(error)[:200],
            fix="export SARIF 2.1.0",
        ) from error  # fmt: skip
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(
            "the JSON cannot be read", code="report.json", where=str(error)[:200],
            fix="export it again: it may be cut off",
        ) from error  # fmt: skip
    if log.version != "2.1.0" or log.runs is None:
        raise UsageError(
            "this is no SARIF 2.1.0", code="report.sarif", where=log.version[:20],
            fix="export SARIF 2.1.0",
        )  # fmt: skip
    if len(log.runs) > MOST_RUNS:
        raise UsageError("too many runs", code="report.many", fix=f"at most {MOST_RUNS}")
    return log


def _section(
    raw: msgspec.Raw, where: str, troubles: _Troubles, left: int
) -> tuple[Section | None, int]:
    try:
        run = msgspec.json.decode(raw, type=_Run)
    except (msgspec.MsgspecError, RecursionError) as error:
        troubles.add(where, "run", str(error))
        return None, 0
    name = run.tool.driver.name.strip()[:100]
    if not name:
        troubles.add(f"{where}.tool.driver.name", "missing")
        return None, 0
    if run.results is None:
        # 3.14.23: absent where the run did not try to find anything: it says nothing of what was.
        return Section(tool=name, scope=_scope(run), complete=False), 0
    if len(run.results) > left:
        raise UsageError("too many results", code="report.many", fix=f"at most {MOST}")
    before = troubles.count
    rules = _rules(run, where, troubles)
    found = told_apart(_found(run.results, rules, where, troubles))
    made_at, complete = _invoked(run.invocations)
    section = Section(
        tool=name, scope=_scope(run), made_at=made_at, complete=complete,
        unread=troubles.count - before, found=found,
    )  # fmt: skip
    return section, len(run.results)


def _found(
    results: list[msgspec.Raw], rules: Rules, where: str, troubles: _Troubles
) -> Iterator[Found]:
    for number, raw in enumerate(results):
        at = f"{where}.results[{number}]"
        try:
            result = table_of(msgspec.json.decode(raw))
            if _says_something(result):
                yield found_of(result, rules)
        except Unreadable as error:
            troubles.add(f"{at}{error.where}", error.code, error.value)
        except (msgspec.MsgspecError, RecursionError) as error:
            troubles.add(at, "result", str(error))


def _says_something(result: dict[str, Any]) -> bool:
    kind = text_of(result.get("kind"))
    return kind not in NOT_FOUND and text_of(result.get("baselineState")) != "absent"


def _rules(run: _Run, where: str, troubles: _Troubles) -> Rules:
    """The driver's rules, then each extension's; levels set at the start; files by number."""
    tables = []
    for component in [run.tool.driver, *(run.tool.extensions or [])]:
        raws = component.rules or []
        if len(raws) > MOST_RULES:
            raise UsageError("too many rules", code="report.many", fix=f"at most {MOST_RULES}")
        table = []
        for number, raw in enumerate(raws):
            try:
                table.append(Rule.of(table_of(msgspec.json.decode(raw))))
            except (Unreadable, msgspec.MsgspecError, RecursionError) as error:
                troubles.add(f"{where}.rules[{number}]", "rule", str(error))
                table.append(Rule())  # results count the rules by their place
        tables.append(table)
    named: dict[str, Rule] = {}
    for rule in chain.from_iterable(tables):
        named.setdefault(rule.id, rule)
    return Rules(tables, named, _overrides(run.invocations, tables[0]), _files(run.artifacts))


def _overrides(raw: msgspec.Raw, driver: list[Rule]) -> dict[str, str]:
    """The level by rule that the invocations set in place of the rule's own (3.20.5)."""
    levels: dict[str, str] = {}
    for invocation in many_of(_loose(raw))[:1000]:
        found = invocation.get("ruleConfigurationOverrides") if _is_table(invocation) else None
        for one in many_of(found)[:MOST_RULES]:
            descriptor, configuration = (
                _named(one, name) for name in ("descriptor", "configuration")
            )
            place, level = descriptor.get("index"), text_of(configuration.get("level"))
            rule = text_of(descriptor.get("id"))
            if not rule and isinstance(place, int) and 0 <= place < len(driver):
                rule = driver[place].id
            if rule and level:
                levels[rule] = level
    return levels


def _files(raw: msgspec.Raw) -> list[str]:
    """Addresses of the run's files, by their place (3.4.5)."""
    if bytes(raw).count(b"{") > MOST_FILES:  # more than anybody has: memory for nothing
        return []
    try:
        files = msgspec.json.decode(raw, type=list[_Artifact] | None)
    except (msgspec.MsgspecError, RecursionError):
        return []
    return [text_of(_named({"at": _loose(one.location)}, "at").get("uri")) for one in files or []]


def _is_table(raw: object) -> bool:
    return isinstance(raw, dict)


def _named(raw: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    part = raw.get(name) if isinstance(raw, dict) else None
    return part if isinstance(part, dict) else {}


def _scope(run: _Run) -> str:
    """What was scanned: the repository, the category of the run, and the branch.

    What is mended on one branch is still there on the others. The category is that of
    ``automationDetails.id``, up to its last ``/``: what follows names the single run (3.17.3).
    """
    details, provenance = _loose(run.automation_details), _loose(run.version_control_provenance)
    identifier = text_of(details.get("id")) if isinstance(details, dict) else ""
    category = identifier.rpartition("/")[0]
    first = next((one for one in many_of(provenance) if isinstance(one, dict)), {})
    repository = text_of(first.get("repositoryUri"))
    scheme, sign, rest = repository.partition("://")
    if sign:  # never a password that a build server put into the address
        host, slash, path = rest.partition("/")
        repository = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    branch = text_of(first.get("branch")).removeprefix("refs/heads/")
    return " ".join(part for part in (repository, category, branch) if part)[:200]


def _invoked(raw: msgspec.Raw) -> tuple[datetime | None, bool]:
    """When the newest invocation ended, and whether all succeeded (3.20.14)."""
    ended: list[datetime] = []
    complete = True
    for one in many_of(_loose(raw))[:1000]:
        if not isinstance(one, dict):
            continue
        complete = complete and one.get("executionSuccessful") is not False
        moment = _moment(text_of(one.get("endTimeUtc")) or text_of(one.get("startTimeUtc")))
        if moment is not None:
            ended.append(moment)
    return max(ended, default=None), complete


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    if not 2000 <= moment.year <= 2100:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _loose(raw: msgspec.Raw) -> Any:  # noqa: ANN401 - JSON
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return None


def _together(sections: list[Section]) -> tuple[Section, ...]:
    """Runs of one tool and scope are one section: together they say what is there."""
    groups: dict[tuple[str, str], list[Section]] = {}
    for section in sections:
        groups.setdefault((section.tool, section.scope), []).append(section)
    joined = []
    for (tool, scope), group in groups.items():
        found = group[0].found
        if len(group) > 1:
            found = told_apart(one for section in group for one in section.found)
        moments = [section.made_at for section in group if section.made_at]
        joined.append(
            Section(
                tool=tool, scope=scope, made_at=max(moments, default=None),
                complete=all(section.complete for section in group),
                unread=sum(section.unread for section in group), found=found,
            )
        )  # fmt: skip
    return tuple(joined)
