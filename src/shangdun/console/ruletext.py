"""Rules as text for the editor: the document of one rule, what it counts, and differences."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import NamedTuple

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.rulepage import LONGEST_SOURCE, parts_of
from shangdun.detect.rule import AnyRule, BaselineRule, CorrelationRule
from shangdun.detect.rule_text import pieces_of
from shangdun.records.models import RuleDocument
from shangdun.records.rule_documents import stored_uid

CONTEXT_LINES = 3
MOST_PARTS = 50


class DiffLine(NamedTuple):
    """A line of a difference: ``kind`` is same, gone, new or skip."""

    kind: str
    text: str


def text_of(rule: AnyRule) -> str:
    """The YAML document of one rule, out of the file or the record that it stands in."""
    uid = stored_uid(rule.path)
    if uid:
        return RuleDocument.objects.filter(uid=uid).values_list("text", flat=True).first() or ""
    return document_at(rule.path, rule.line)


def shipped_text(uid: str, paths: dict[str, tuple[str, int]]) -> str:
    """The document of a rule in a file, whatever replaces it."""
    place = paths.get(uid)
    return document_at(*place) if place else ""


def document_at(path: str, line: int) -> str:
    """The document of a file that holds a line; empty when the file is gone."""
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            text = file.read(LONGEST_SOURCE)
    except OSError:
        return ""
    before = [piece for piece in pieces_of(text) if piece.line <= line]
    return before[-1].text if before else ""


def with_id(text: str, rule: AnyRule) -> str:
    """A document that names its identifier: a copy must be known for what it copies."""
    has = any(line.startswith("id:") for line in text.splitlines())
    return text if has else f"id: {rule.uid}\n{text}"


def with_parts(text: str, rule: AnyRule | None, refers: tuple[str, ...]) -> str:
    """A document and those of the rules that it counts, for a trial that needs them all."""
    every = RULEBOOK.rules()
    names = {one.name: one.uid for one in every.values() if one.name}
    wanted = list(refers)
    found: dict[str, str] = {}
    while wanted and len(found) < MOST_PARTS:
        name = wanted.pop()
        part = every.get(names.get(name, name))
        if part is None or part.uid in found or (rule is not None and part.uid == rule.uid):
            continue
        found[part.uid] = text_of(part)
        if isinstance(part, CorrelationRule | BaselineRule):
            wanted += parts_of(part)
    return "\n---\n".join([text, *found.values()])


def difference(before: str, after: str) -> list[DiffLine]:
    """What changed from one text to the other, with a few lines around it."""
    lines = []
    groups = difflib.unified_diff(
        before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT_LINES
    )
    for line in list(groups)[2:]:
        if line.startswith("@@"):
            lines.append(DiffLine("skip", "⋯"))
        else:
            lines.append(DiffLine(_KINDS[line[0]], line[1:]))
    return lines[1:] if lines and lines[0].kind == "skip" else lines


_KINDS = {"+": "new", "-": "gone", " ": "same"}
