"""Text from logs on a page. Attackers write it: nothing in it may act, hide or reorder."""

from __future__ import annotations

import re

import re2
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_KEPT = {"\n", "\t"}
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff]|[\U000e0000-\U000e007f]"
)
LONGEST_SEARCHED = 20_000


def visible(text: str) -> str:
    r"""Controls, escapes and marks that hide or reorder text become ``\x1b`` or ``\u202e``."""
    return _UNSEEN.sub(_name, text)


def _name(found: re.Match[str]) -> str:
    character = found.group()
    if character in _KEPT:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def highlight(value: str, operator: str, pattern: str) -> SafeString:
    """The value, escaped, with ``<mark>`` around what the pattern found in it."""
    spans = spans_of(value, operator, pattern)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(value)]
    plain = [visible(value[end:start]) for end, start in zip(ends, starts, strict=True)]
    marked = [visible(value[start:end]) for start, end in spans]
    before = format_html_join("", "{}<mark>{}</mark>", zip(plain[:-1], marked, strict=True))
    return format_html("{}{}", before, plain[-1])


def spans_of(value: str, operator: str, pattern: str) -> list[tuple[int, int]]:
    """Where a pattern holds in a value, as (start, end); Sigma's wildcards may lie between.

    Regular expressions run in RE2, whose time is linear in the value; what RE2 does not know is
    shown without a mark.
    """
    kinds = operator.lower().split("|")
    if not pattern or len(value) > LONGEST_SEARCHED:
        return []
    if kinds[0] == "re":
        return _expression_span(value, pattern, "".join(kinds[1:]))
    folded = _fold(value)
    if len(folded) != len(value):
        return []
    spans = []
    place = 0
    for part in _literals(pattern):
        at = folded.find(_fold(part), place)
        if at < 0:
            return []
        spans.append((at, at + len(part)))
        place = at + len(part)
    return spans


def _expression_span(value: str, pattern: str, flags: str) -> list[tuple[int, int]]:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 16 << 20
    try:
        found = re2.compile(f"(?{flags})" * bool(flags) + pattern, options).search(value)
    except re2.error:
        return []
    return [found.span()] if found and found.end() > found.start() else []


def _fold(text: str) -> str:
    """Lower case, letter for letter, so that places stay the same."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _literals(pattern: str) -> list[str]:
    """The literal pieces of a Sigma pattern between its wildcards."""
    plain = re.split(r"(?<!\\)[*?]", pattern)
    return [re.sub(r"\\([*?\\])", r"\1", part) for part in plain if part]
