"""One YAML document as people store it: what it is, or where and why it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from shangdun.detect.rule import (
    AnyRule,
    BaselineRule,
    CorrelationRule,
    FilterRule,
    LoadError,
    ValueList,
)
from shangdun.detect.rule_file import Skipped, read_rules
from shangdun.detect.rule_text import pieces_of
from shangdun.detect.sigma_condition import Lists
from shangdun.kernel.errors import RuleError

LONGEST_UID = 200


class Document(NamedTuple):
    """A document that can be stored."""

    uid: str
    kind: str
    """``rule``, ``correlation``, ``filter`` or ``baseline``."""
    title: str
    text: str
    path: str
    line: int
    name: str = ""
    refers: tuple[str, ...] = ()
    """Ids or names of the rules that a correlation or a baseline counts."""


class Refused(NamedTuple):
    """One that cannot, with its place in the file."""

    error: LoadError
    skipped: bool
    """It is right, but cannot be evaluated yet."""


def read_documents(
    data: bytes, path: str, lists: Lists | None = None
) -> Iterator[Document | Refused]:
    """Every document of a file. Never raises: whatever the bytes are, they have a name.

    ``lists`` are the values behind the placeholders of ``expand``.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Refused(LoadError(path=path, line=line, message="not UTF-8"), skipped=False)
        return
    for piece in pieces_of(text):
        yield _read(piece.text, path, piece.line, lists)


def read_document(text: str, path: str = "rule", lists: Lists | None = None) -> Document:
    """The one document of a text; raises ``RuleError`` with the line as ``where``."""
    try:
        found = list(read_documents(text.encode(), path, lists))
    except UnicodeEncodeError as error:
        raise RuleError("the text is not Unicode", code="rule.text", where=path) from error
    if len(found) != 1:
        raise RuleError(
            "nothing is written here" if not found else "these are several documents",
            code="rule.documents",
            where=f"{path}:{_second(text) if found else 1}",
            fix="write one rule; store each rule of a file on its own",
        )
    first = found[0]
    if isinstance(first, Refused):
        wrong = first.error
        raise RuleError(wrong.message, code="rule.document", where=f"{path}:{wrong.line}")
    return first


def _second(text: str) -> int:
    return pieces_of(text)[1].line


def _read(text: str, path: str, line: int, lists: Lists | None) -> Document | Refused:
    loaded = list(read_rules(text.encode(), path, lists))
    if len(loaded) != 1:
        message = "not a Sigma rule: nothing is written here"
        return Refused(LoadError(path=path, line=line, message=message), skipped=False)
    one = loaded[0]
    if isinstance(one, Skipped):
        return Refused(_moved(one.error, line), skipped=True)
    if isinstance(one, LoadError):
        return Refused(_moved(one, line), skipped=False)
    if isinstance(one, ValueList):
        message = "a list of values is no rule: keep it with the lists"
        return Refused(LoadError(path=path, line=line, message=message), skipped=False)
    if len(one.uid) > LONGEST_UID:
        message = f"the id is longer than {LONGEST_UID} characters"
        return Refused(LoadError(path=path, line=line, message=message), skipped=False)
    return Document(one.uid, _kind(one), one.title, text, path, line, one.name, _references(one))


def _references(one: AnyRule | FilterRule) -> tuple[str, ...]:
    if isinstance(one, CorrelationRule):
        return tuple(one.spec.rules)
    return tuple(one.spec.references) if isinstance(one, BaselineRule) else ()


def _moved(error: LoadError, line: int) -> LoadError:
    return msgspec.structs.replace(error, line=error.line + line - 1)


def _kind(loaded: AnyRule | FilterRule) -> str:
    kinds = ((CorrelationRule, "correlation"), (BaselineRule, "baseline"), (FilterRule, "filter"))
    return next((name for kind, name in kinds if isinstance(loaded, kind)), "rule")
