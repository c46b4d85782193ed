"""HTML read as browsers read it: the tokeniser's states with all their forgiveness.

Source: HTML Living Standard, 13.2.5 (tokenization). Where browsers of different ages differ, the
reading that runs more is taken: control characters separate, NUL is dropped, a conditional comment
shows its inside, and a tag that never ends is ended by the page around it.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

_OPEN = re.compile(r"<(?:(?P<close>/)?(?P<name>[a-zA-Z][^\x01-\x20/>]*)|(?P<other>[!?/]))")
_ATTRIBUTE = re.compile(
    r"[\x00-\x20/]*(?P<name>[^\x01-\x20/>=][^\x00-\x20/>=]*|=)"
    r"(?:[\x00-\x20]*=[\x00-\x20]*(?:\"(?P<double>[^\"]*)\"?|'(?P<single>[^']*)'?"
    r"|(?P<bare>[^\x00-\x20>]*)))?"
)
_GAP = re.compile(r"[\x00-\x20/]*")
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\x00-\x20/>]|$)", re.IGNORECASE) for name in ("script", "style")
}
_NOISE = re.compile(r"[\x00-\x1f\x7f]")
_ATTRIBUTES = 256
"""Of one tag: what follows is skipped to its end."""


class Attribute(NamedTuple):
    """One attribute: ``value`` with its character references resolved, None where there is none."""

    name: str
    value: str | None
    start: int
    end: int


class Tag(NamedTuple):
    """A start tag, or an end tag (``closing``), with the raw text of a script or a style."""

    name: str
    closing: bool
    attributes: tuple[Attribute, ...]
    start: int
    end: int
    body: str
    """Of script and style elements; "" for others."""
    body_start: int
    unquoted_end: bool
    """No ``>`` stood at its end."""

    def get(self, name: str) -> str:
        """The value of an attribute, "" when it is absent."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value or ""
        return ""


def _name(name: str) -> str:
    return name.lower() if name.isalnum() else _NOISE.sub("", name).lower()


def _value(match: re.Match[str]) -> str | None:
    for group in ("double", "single", "bare"):
        value = match[group]
        if value is not None:
            return html.unescape(value) if "&" in value else value
    return None


def attributes(text: str, position: int) -> tuple[list[Attribute], int, bool]:
    """Attributes from ``position`` on, where the tag ends, and whether a ``>`` ended it."""
    found: list[Attribute] = []
    if text.startswith(">", position):
        return found, position + 1, True
    while len(found) < _ATTRIBUTES:
        match = _ATTRIBUTE.match(text, position)
        if match is None:
            break
        name = _name(match["name"])
        found.append(Attribute(name, _value(match), match.start("name"), match.end()))
        position = match.end()
    gap = _GAP.match(text, position)
    position = gap.end() if gap else position
    if len(found) == _ATTRIBUTES:
        end = text.find(">", position)
        return found, len(text) if end < 0 else end + 1, end >= 0
    closed = text.startswith(">", position)
    return found, position + closed, closed


class _Reader:
    """One pass over the text; what was searched in vain is not searched again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tags: list[Tag] = []
        self._no_comment_end = False
        self._foreign = False

    def run(self, limit: int) -> list[Tag]:
        position = 0
        while len(self.tags) < limit:
            match = _OPEN.search(self.text, position)
            if match is None:
                break
            position = self._other(match) if match["other"] else self._tag(match)
        return self.tags

    def _other(self, match: re.Match[str]) -> int:
        """Comments and declarations; conditional ones and CDATA show their inside."""
        text, start = self.text, match.start()
        if text.startswith("<!--", start):
            if text.startswith(("<!-->", "<!--->"), start) or text.startswith("<!--[if", start):
                return start + 4
            end = -1 if self._no_comment_end else text.find("--", start + 4)
            while end >= 0 and not text.startswith((">", "!>", "->"), end + 2):
                end = text.find("--", end + 1)
            if end < 0:
                self._no_comment_end = True
                return start + 4
            return end + 3
        if text.startswith("<![CDATA[", start):
            return start + 9
        end = text.find(">", match.end())
        inner = text.find("<", match.end())
        if end < 0 or 0 <= inner < end:
            return match.end()
        return end + 1

    def _tag(self, match: re.Match[str]) -> int:
        text = self.text
        name = match["name"]
        inner = name.find("<")
        if inner > 0 and name[inner + 1 : inner + 2].isalpha():
            return match.start("name") + inner  # what a filter cuts out leaves a tag behind
        name = _name(name)
        found, end, closed = attributes(text, match.end())
        body, body_start = "", end
        if name == "style" and self._foreign:  # in SVG and MathML a style holds elements
            stop = text.find("<", end)
            body = text[end : stop if stop >= 0 else len(text)]
        elif name in _RAW_END and not match["close"]:
            found_end = _RAW_END[name].search(text, end)
            body = text[end : found_end.start() if found_end else len(text)]
        tag = Tag(
            name,
            bool(match["close"]),
            tuple(found),
            match.start(),
            end,
            body,
            body_start,
            not closed,
        )
        self.tags.append(tag)
        if name in {"svg", "math"}:
            self._foreign = True
        return end + len(body)


def tokenise(text: str, limit: int = 4096) -> list[Tag]:
    """Tags of ``text`` in their order, at most ``limit``; in time linear in its length."""
    return _Reader(text).run(limit)
