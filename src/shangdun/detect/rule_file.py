"""One file of rules: bytes in, rules and errors with their lines out.

A file is hostile until read: not UTF-8, huge, nested without end, an alias bomb. Whatever is
wrong becomes an error with file and line, and the other documents of the file still load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import msgspec
import yaml
from sigma import exceptions as se
from sigma.filters import SigmaFilter
from sigma.rule import SigmaDetection, SigmaRule
from sigma.rule.base import check_alias_expansion

from shangdun.detect.baseline.spec import read_baseline
from shangdun.detect.correlation.spec import read_correlation
from shangdun.detect.rule import (
    AnyRule,
    BaselineRule,
    CorrelationRule,
    FilterRule,
    LoadError,
    Rule,
    RuleContent,
    ValueList,
)
from shangdun.detect.rule_collection import Collection
from shangdun.detect.sigma_condition import UNSUPPORTED, Lists, condition_of
from shangdun.detect.sigma_policy import POLICY
from shangdun.kernel.errors import RuleError
from shangdun.kernel.ids import content_id
from shangdun.lake.block import Logsource

MAX_BYTES = 1 << 20
"""A rule file is some kilobytes; more is not a rule."""

Loaded = Rule | CorrelationRule | BaselineRule | FilterRule | ValueList | LoadError

MOST_NESTED = 100
"""Levels of maps and lists. The YAML parser recurses in C, where too many end the process."""
_MAY_NEST = re.compile(r"(?:[-?] +){4}")

CONTENT_KEY = "shangdun"
_KEY_OF_ERROR: tuple[tuple[type[Exception], tuple[str, ...]], ...] = (
    (se.SigmaIdentifierError, ("id",)),
    (se.SigmaTitleError, ("title",)),
    (se.SigmaLevelError, ("level",)),
    (se.SigmaStatusError, ("status",)),
    (se.SigmaTagError, ("tags",)),
    (se.SigmaDateError, ("date",)),
    (se.SigmaLogsourceError, ("logsource",)),
    (se.SigmaConditionError, ("detection", "condition")),
)


_UNREAD = re.compile(
    r"found (?P<what>end of text|'.*?')\s+\(at char \d+\), \(line:\d+, col:(?P<at>\d+)\)$"
)


class Skipped(NamedTuple):
    """A rule that is right but cannot be evaluated yet."""

    error: LoadError


class _Loader(yaml.CSafeLoader):
    """Refuses a key that is written twice, which YAML forbids and PyYAML lets pass."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  PyYAML's signature
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_rules(data: bytes, path: str, lists: Lists | None = None) -> Iterator[Loaded | Skipped]:
    """Every document of a file: a rule, a filter, a list, an error or what is skipped.

    ``lists`` are the values behind the placeholders of ``expand``.
    """
    if len(data) > MAX_BYTES:
        yield LoadError(path=path, line=1, message=f"larger than {MAX_BYTES >> 20} MiB")
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield LoadError(path=path, line=line, message="not UTF-8")
        return
    try:
        _refuse_deep(text)
        collection = Collection()
        for node, document in _documents(text):
            loaded = _read_document(node, document, path, collection, lists)
            if loaded is not None:
                yield loaded
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        yield LoadError(path=path, line=line, message=f"YAML: {error.problem or error.context}")
    except (yaml.YAMLError, ValueError) as error:
        yield LoadError(path=path, line=1, message=f"YAML: {error}")
    except RecursionError:
        yield LoadError(path=path, line=1, message="YAML: nested too deeply")


def _refuse_deep(text: str) -> None:
    """Raise ``YAMLError`` for what is nested too deeply; events come without recursion."""
    if text.count("[") + text.count("{") <= MOST_NESTED and not _MAY_NEST.search(text):
        return  # indentation alone cannot nest deeply in a file of this size
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_NESTED:
            mark = cast("yaml.Mark", event.start_mark)
            raise yaml.MarkedYAMLError(None, None, "nested too deeply", mark)


def _documents(text: str) -> Iterator[tuple[yaml.Node, Any]]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            document = loader.construct_document(node)
            if node is not None and document is not None:
                yield node, document
    finally:
        loader.dispose()


_LOGIC = ("correlation", "baseline", "filter", "list")
"""Sections that a document has in place of ``detection``."""


def _read_document(
    node: yaml.Node, document: object, path: str, collection: Collection, lists: Lists | None
) -> Loaded | Skipped | None:
    """None for a document that only tells something about those that follow."""
    line = node.start_mark.line + 1
    if not isinstance(document, dict):
        return LoadError(path=path, line=line, message="not a Sigma rule: not a map")
    title = document.get("title")
    try:
        check_alias_expansion(document)
        whole = collection.take(document)
        return None if whole is None else _read_rule(whole, path, line, lists)
    except RuleError as error:
        logic = next((key for key in _LOGIC if key in document), "detection")
        place = _line_of(node, (logic,))
        message = f"{error.message} ({error.fix})" if error.fix else error.message
        failure = LoadError(path=path, line=place, message=message, title=str(title or ""))
        return Skipped(failure) if error.code == UNSUPPORTED else failure
    except se.SigmaError as error:
        place = _place_of(error, node, document)
        message = _plain(str(error.args[0]) if error.args else type(error).__name__)
        return LoadError(path=path, line=place, message=message, title=str(title or ""))
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        # pySigma trips over shapes it does not expect (a list where a map belongs)
        message = f"not a Sigma rule: {type(error).__name__}: {error}"
        return LoadError(path=path, line=line, message=message, title=str(title or ""))


def _plain(message: str) -> str:
    """Where a condition cannot be read, in words: pySigma tells its parser's grammar instead."""
    found = _UNREAD.search(message)
    if not found:
        return message
    return f"the condition cannot be read at character {found['at']}: {found['what']} there"


def _read_rule(
    document: dict[str, Any], path: str, line: int, lists: Lists | None
) -> AnyRule | FilterRule | ValueList:
    if "list" in document:
        return _read_list(document, path, line)
    head = _head(document, path, line)
    if "correlation" in document:
        return CorrelationRule(**head, spec=read_correlation(document, uid=head["uid"]))
    if "baseline" in document:
        return BaselineRule(**head, spec=read_baseline(document, uid=head["uid"]))
    if "filter" in document:
        return _read_filter(document, head, lists)
    sigma = SigmaRule.from_dict(document, policy=POLICY)
    logsource = _logsource(sigma)
    condition = condition_of(sigma.detection, logsource, lists)
    return Rule(**head, logsource=logsource, condition=condition)


def _logsource(sigma: SigmaRule | SigmaFilter) -> Logsource:
    source = sigma.logsource
    return Logsource(source.product or "", source.category or "", source.service or "")


def _read_filter(document: dict[str, Any], head: dict[str, Any], lists: Lists | None) -> FilterRule:
    sigma = SigmaFilter.from_dict(document, policy=POLICY)
    logsource = _logsource(sigma)
    condition_of(sigma.filter, logsource, lists)  # what is wrong is said here, with its place
    rules = sigma.filter.rules
    return FilterRule(
        **head,
        logsource=logsource,
        rules=() if isinstance(rules, str) else tuple(one.reference for one in rules),
        detection=msgspec.to_builtins(document["filter"], str_keys=True),
    )


def _read_list(document: dict[str, Any], path: str, line: int) -> ValueList:
    name, values = document["list"], document.get("values")
    if not isinstance(name, str) or not re.fullmatch(r"[^\s%\\]+", name):
        raise RuleError(f"{name!r} is no name for a list", fix="write a word, such as our_crawlers")
    scalar = isinstance(values, list) and all(isinstance(v, str | int | float) for v in values)
    if not isinstance(values, list) or not scalar:
        raise RuleError("the values of a list are a list of texts or numbers")
    return ValueList(name=name, values=tuple(map(str, values)), path=path, line=line)


_STANDARD = frozenset(
    {
        "action",
        "author",
        "baseline",
        "correlation",
        "custom",
        "date",
        "description",
        "detection",
        "filter",
    }
    | {"falsepositives", "fields", "id", "level", "license", "logsource", "modified", "name"}
    | {"references", "related", "scope", "status", "tags", "taxonomy", "title", "shangdun"}
)


def _head(document: dict[str, Any], path: str, line: int) -> dict[str, Any]:
    try:
        content = msgspec.convert(document.get(CONTENT_KEY) or {}, RuleContent)
    except msgspec.ValidationError as error:
        raise RuleError(f"{CONTENT_KEY}: {error}", fix="see docs/writing-rules.md") from error
    level = document.get("level") or ""
    if level not in {"", "informational", "low", "medium", "high", "critical"}:
        raise se.SigmaLevelError(f"'{level}' is not a valid Sigma rule level")
    title = document.get("title")
    if not isinstance(title, str) or not title:
        raise se.SigmaTitleError("Sigma rule must have a title")
    if not isinstance(document.get("id"), str | None):
        raise se.SigmaIdentifierError("Sigma rule identifier must be an UUID")
    extra = {k: v for k, v in document.items() if k not in _STANDARD}
    return {
        "uid": str(document.get("id") or "") or _content_uid(document),
        "title": title,
        "name": str(document.get("name") or ""),
        "description": str(document.get("description") or ""),
        "status": str(document.get("status") or ""),
        "level": level,
        "author": str(document.get("author") or ""),
        "date": str(document.get("date") or ""),
        "modified": str(document.get("modified") or ""),
        "tags": _strings(document.get("tags")),
        "falsepositives": _strings(document.get("falsepositives")),
        "references": _strings(document.get("references")),
        "content": content,
        "attributes": msgspec.to_builtins(extra, str_keys=True),
        "path": path,
        "line": line,
    }


def _strings(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


def _content_uid(document: dict[str, Any]) -> str:
    parts = ("title", "logsource", "detection", "correlation", "baseline", "filter")
    logic = msgspec.to_builtins({key: document.get(key) for key in parts}, str_keys=True)
    digest = content_id(
        msgspec.json.encode(msgspec.to_builtins(logic, str_keys=True), order="sorted")
    )
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def _line_of(node: yaml.Node, keys: tuple[str, ...]) -> int:
    line = node.start_mark.line + 1
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            break
        pair = next((pair for pair in node.value if pair[0].value == key), None)
        if pair is None:
            break
        line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def _place_of(error: se.SigmaError, node: yaml.Node, document: dict[str, Any]) -> int:
    """The line an error is about: of the key its type speaks of, or of the value that fails."""
    if type(error) is se.SigmaError:  # of the document as a whole
        return node.start_mark.line + 1
    for kind, keys in _KEY_OF_ERROR:
        if isinstance(error, kind):
            return _line_of(node, keys)
    detections = document.get("detection")
    if isinstance(detections, dict):
        for name, definition in detections.items():
            if name == "condition" or _is_sound(definition):
                continue
            inner = definition if isinstance(definition, dict) else {}
            bad = next((key for key, value in inner.items() if not _is_sound({key: value})), None)
            return _line_of(node, ("detection", str(name), *((str(bad),) if bad else ())))
    return _line_of(node, ("detection",))


def _is_sound(definition: Any) -> bool:  # noqa: ANN401  anything YAML can hold
    try:
        SigmaDetection.from_definition(definition, policy=POLICY)
    except (se.SigmaError, TypeError, ValueError, AttributeError):
        return False
    return True
