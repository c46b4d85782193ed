"""How each log source is recognised, told from the tables that recognise it.

``python -m shangdun.detect.log_sources > docs/logsources.md`` brings the page up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

from shangdun.detect.log_signatures import SIGNATURES
from shangdun.detect.pipelines import PIPELINES
from shangdun.detect.routing import CLASS_LOGSOURCES, FORMAT_LOGSOURCES
from shangdun.detect.windows_events import CATEGORIES, SERVICES
from shangdun.lake.block import Logsource
from shangdun.lake.classes import CLASSES

INTRO = """\
# Log sources

What events are, as Sigma rules name it in their `logsource`, and how that is recognised. Written
from the tables that do it. A rule is asked about every event that does not contradict its log
source: both name a product (category, service) and the names differ.

What is in no table says itself what it is: JSON events with columns `product`, `category` and
`service` are taken at their word. An event that says nothing is asked by every rule, but counts as
feeding none of them on the coverage page.
"""

HOW = {
    "format": "every line of the format",
    "class": "events of the OCSF class",
    "fields": "events that have the fields",
    "channel": "Windows events of the channel",
    "event": "Windows events with the number",
}


class Recognised(NamedTuple):
    """One log source and one way it is recognised."""

    logsource: Logsource
    how: str
    """A key of ``HOW``."""
    detail: str
    """The format, class, fields, channel or numbers."""
    fields: tuple[tuple[str, str], ...]
    """Sigma field → column, where they have other names."""

    @property
    def name(self) -> str:
        """Product, category and service as people write them."""
        return " / ".join(part for part in self.logsource if part)


def recognised() -> list[Recognised]:
    """Every log source that routing knows, in the order of its tables."""
    return [
        Recognised(logsource, how, detail, _fields(logsource))
        for logsource, how, detail in _tables()
    ]


def log_source_page() -> str:
    """The page as Markdown."""
    lines = [INTRO, "| Log source | Recognised by | |", "| --- | --- | --- |"]
    lines += [f"| {one.name} | {HOW[one.how]} | {one.detail} |" for one in recognised()]
    lines += ["", "## Fields", ""]
    lines += [
        "Where an event has a column of the very name that a rule uses, the rule is asked there.",
        "Else these columns answer.",
    ]
    seen: set[tuple[tuple[str, str], ...]] = set()
    for one in recognised():
        if one.fields and one.fields not in seen:
            seen.add(one.fields)
            lines += ["", f"### {one.name}", "", "| Sigma | Column |", "| --- | --- |"]
            lines += [f"| `{field}` | `{column}` |" for field, column in one.fields]
    return "\n".join([*lines, ""])


def _tables() -> Iterator[tuple[Logsource, str, str]]:
    for name, logsource in FORMAT_LOGSOURCES.items():
        yield logsource, "format", name
    captions = {one.uid: one.caption for one in CLASSES.values()}
    for uid, logsource in CLASS_LOGSOURCES.items():
        yield logsource, "class", f"{captions.get(uid, '')} ({uid})".strip()
    for one in SIGNATURES:
        words = f"; {one.fields[0]} {one.words}" if one.words else ""
        yield one.logsource, "fields", ", ".join(one.fields) + words
    for channel, service in sorted(SERVICES.items(), key=lambda pair: pair[1]):
        yield Logsource("windows", "", service), "channel", channel
    numbers: dict[tuple[str, str], list[str]] = {}
    for (service, number), category in CATEGORIES.items():
        numbers.setdefault((category, service), []).append(number)
    for (category, service), found in sorted(numbers.items()):
        detail = f"{service}: {', '.join(sorted(found, key=int))}"
        yield Logsource("windows", category, service), "event", detail


def _fields(logsource: Logsource) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for pipeline in PIPELINES:
        if pipeline.serves(logsource):
            for field, column in pipeline.columns.items():
                found.setdefault(field, column)
    return tuple(found.items())


if __name__ == "__main__":
    sys.stdout.write(log_source_page())
