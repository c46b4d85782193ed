"""YAML as people write it: plain values with the line of each, within bounds; and back to text.

Only what JSON has: no tags, anchors or aliases (of which bombs are made), no key twice, no dates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import yaml

from shangdun.kernel.errors import ParseError

LONGEST = 1_000_000
DEEPEST = 30
Path = tuple[str | int, ...]
_PLAIN = "tag:yaml.org,2002:"
_SCALARS = {"str", "int", "bool", "float", "null", "timestamp", "value", "merge"}
_TRUE = frozenset({"true", "yes", "on"})


class Written(NamedTuple):
    """A document and the line (1, 2, …) on which each of its parts stands, by path."""

    value: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Of the part, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_text(text: str) -> Written:
    """Raise ``ParseError`` (``playbook.yaml``, ``where`` is the line) for what cannot be read."""
    if len(text) > LONGEST:
        raise _wrong("the text is too long", 1, f"at most {LONGEST} characters")
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        lines: dict[Path, int] = {}
        return Written(_value(node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _wrong(
            str(error.problem or error.context or "this is no YAML"),
            mark.line + 1 if mark else 1,
            "check the indentation and the quotes on this line",
        ) from error
    except yaml.YAMLError as error:
        raise _wrong("this is no YAML text", 1, "write it as plain text in UTF-8") from error


def write_text(value: object) -> str:
    """Block style, keys in their order, long texts over several lines."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Short lists stay on their line; no aliases for what stands twice."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002  PyYAML's signature
        del indentless
        super().increase_indent(flow, indentless=False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text.strip("\n") and "\r" not in text else None
    return dumper.represent_scalar(f"{_PLAIN}str", text, style=style)


def _list_node(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    short = all(isinstance(item, (str, int)) for item in items) and len(str(items)) < 80
    return dumper.represent_sequence(f"{_PLAIN}seq", items, flow_style=short)


_Dumper.add_representer(str, _text_node)
_Dumper.add_representer(list, _list_node)


def _check_events(text: str) -> None:
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = cast("yaml.Mark", event.start_mark).line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _wrong("anchors and aliases are not used here", line, "write the value again")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _wrong("it is nested too deeply", line, f"at most {DEEPEST} levels")
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise _wrong("a second document begins", line, "one playbook in one text")


def _value(node: yaml.Node | None, path: Path, lines: dict[Path, int]) -> object:
    if node is None:
        return None
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, n), lines) for n, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _wrong("a key is a word", line, "write KEY: VALUE")
        if key.value in found:
            raise _wrong(f"{key.value!r} is there twice", line, "remove one of the two")
        found[key.value] = _value(item, (*path, key.value), lines)
        lines[(*path, key.value)] = line
    return found


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    kind = node.tag.removeprefix(_PLAIN)
    line = node.start_mark.line + 1
    if kind not in _SCALARS:
        raise _wrong(f"{node.tag} is not read here", line, "write a plain value")
    text: str = node.value
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "null":
        return None
    if kind in ("int", "float"):
        return _number(text, kind, line)
    return text


def _number(text: str, kind: str, line: int) -> int | float:
    try:
        plain = text.replace("_", "")
        number = int(plain) if kind == "int" else float(plain)
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        raise _wrong(f"{text[:40]} is no number here", line, "write digits, or put it in quotes")
    return number


def _wrong(message: str, line: int, fix: str) -> ParseError:
    return ParseError(message, code="playbook.yaml", where=str(line), fix=fix)
