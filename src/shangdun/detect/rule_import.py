"""What a heap of rule files holds: documents that could be stored, and what could not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from shangdun.detect.rule import LoadError
from shangdun.detect.rule_archive import RuleFile
from shangdun.detect.rule_document import Document, read_documents
from shangdun.detect.sigma_condition import Lists


class Harvest(NamedTuple):
    """Everything found, each with its place."""

    documents: list[Document]
    wrong: list[LoadError]
    skipped: list[LoadError]
    """Right, but not to be evaluated yet."""


def harvest(
    files: Iterable[RuleFile | LoadError],
    *,
    known: Collection[str] = (),
    lists: Lists | None = None,
) -> Harvest:
    """Read files of rules; ``known`` are the ids and names of rules that are loaded otherwise.

    A second document of one id, and a correlation of rules that are nowhere, are wrong.
    """
    found = Harvest([], [], [])
    places: dict[str, str] = {}
    for file in files:
        if isinstance(file, LoadError):
            found.wrong.append(file)
            continue
        for one in read_documents(file.data, file.path, lists):
            if not isinstance(one, Document):
                (found.skipped if one.skipped else found.wrong).append(one.error)
            elif one.uid in places:
                found.wrong.append(_wrong(one, f"the id is that of {places[one.uid]}"))
            else:
                places[one.uid] = f"{one.path}:{one.line}"
                found.documents.append(one)
    return _linked(found, known)


def _linked(found: Harvest, known: Collection[str]) -> Harvest:
    names = {one.uid for one in found.documents} | {one.name for one in found.documents}
    names |= set(known)
    standing = []
    for one in found.documents:
        missing = next((name for name in one.refers if name not in names), None)
        if missing is None:
            standing.append(one)
        else:
            message = f"the correlation refers to the rule {missing!r}, which is not there"
            found.wrong.append(_wrong(one, message))
    return found._replace(documents=standing)


def _wrong(one: Document, message: str) -> LoadError:
    return LoadError(path=one.path, line=one.line, message=message, title=one.title)
