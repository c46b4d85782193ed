"""Contexts that a value may leave: a quoted attribute, a script's string, a client-side template.

Nothing is known of the page around a value, so each context is tried; but what stands behind the
quote must continue as the grammar of that context asks, and then do something.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.sinks.xss import elements, javascript

_HANDLER = re.compile(
    r"(?P<before>^|[\s\"'`/>;])(?P<name>on[a-z]{3,32})[\x00-\x20]{0,16}=[\x00-\x20]{0,16}(?=[^\s=>])",
    re.IGNORECASE,
)
_HANDLER_NAME = re.compile(r"on[a-z]{3,32}[\x00-\x20]{0,16}\Z", re.IGNORECASE)
_LONGEST_HANDLER = 50
_VALUE = re.compile(r"\"([^\"]{0,2000})|'([^']{0,2000})|([^\x00-\x20>]{0,2000})")
_QUOTE = re.compile(
    r"(?P<quote>\\[\"'`]|\"|'|`)[\s\x00]{0,8}(?:[)\]}]{1,6}[\s\x00]{0,8})?"
    r"(?P<next>;|,|\+|-|\*|/(?![\w.])|\||&(?!\w{1,8};)|\^|%(?![0-9a-f]{2})|\?|<(?![a-z/!])|>|=|\n"
    r"|in\s|instanceof\s|\})",
    re.IGNORECASE,
)
_CLOSING = frozenset("\"'`/")
_ATTRIBUTES = re.compile(
    r"[\w.-]{0,24}[\"'`][\s/]{1,8}(?:[a-z-]{2,16}(?:=[\w#.-]{0,20})?[\s/]{1,8}){1,4}"
)
"""A quote that ends a value, then attributes, as those that give an element the focus."""
_OPENING = re.compile(r"\{\{|\[\[|\$\{|#\{")
_END = re.compile(r"\}|\]\]|\n|\Z")
_TEMPLATE_LENGTH = 1000
_TEMPLATES = 16
_HANDLERS = 16
_EQUALS = 64
_QUOTES = 8
_WINDOW = 1500
_GLANCE = 400
_SHORT = 200
_JSON = ('{"', '[{"', '["')
"""How a whole JSON document begins: its strings are judged one by one, as their own values."""
_LONG = 400
_CANARY = re.compile(
    r"(?:^|[^\w.$])(?P<call>(?:(?:window|top|self|parent|frames|globalthis|this|document)\.)?"
    r"(?:alert|confirm|prompt|eval|msgbox)\s{0,4}(?:\?\.|/\*\*/)?\s{0,4}[(`]\s{0,4}"
    r"(?:(?P<word>[\"'`/]?)\s{0,4}(?:\d{1,12}|[\w.!-]{0,24}|xss[\w .!-]{0,24})(?P=word)"
    r"|(?:document|window|location|self|top|string|this|name|origin|atob|unescape)\b"
    r"[\w.()\[\]'\"=,+ \\/-]{0,200})?\s{0,4}(?:[)`]|$))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:alert|confirm|prompt|document\.(?:cookie|domain)|fromcharcode|atob|location\.hash"
    r"|constructor)\b",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"(?:^|[^\w$])(?P<call>(?:window\.|self\.|top\.)?document\s{0,4}(?:\.\s{0,4}"
    r"|\[['\"])(?:cookie|domain)"
    r"(?:['\"]\])?\s{0,4}(?:=\s{0,4}(?:true|1\b)|\)|\+|;?\s{0,4}$))",
    re.IGNORECASE,
)
_DEEDS = ("(", "`", "cookie", "location", "throw", "onerror")
_MOVES = re.compile(r"\blocation(?:\.\w{1,10})?\s{0,4}=\s{0,4}['\"`](?:https?:)?//", re.IGNORECASE)
_SOURCE = re.compile(
    r"^[^<>=]{0,40}[\s\"'](?P<name>src)\s{0,4}=\s{0,4}[\"']?(?:https?:)?//[^\s\"'<>]{1,200}\.js(?=[\s\"'>]|$)",
    re.IGNORECASE,
)
_TRACE = re.compile(r"[\s\S]{0,2}\)?[ .]{0,4}(?:\n|\\\\n)[ \t]{0,16}at\s")
"""What follows the message of an error: ``(reading 'id')``, then where it arose."""
_WORDS = re.compile(r"[^\W\d_]{2,} +[^\W\d_]{2,}[ ,.]+[^\W\d_]{2,}")
_CODE_SLOTS = re.compile(
    r"script-?sample|context_?line|pre_?context|post_?context|stack|source_?code|snippet"
    r"|body_?html|liquid",
    re.IGNORECASE,
)


def handlers(text: str, taken: list[tuple[int, int]]) -> Sign | None:
    """A handler outside every tag of its own: the page's tag around the value would take it."""
    if not _names_handler(text):
        return None
    count = 0
    for match in _HANDLER.finditer(text):
        count += 1
        if count > _HANDLERS:
            break
        if any(start <= match.start("name") < end for start, end in taken[:64]):
            continue
        value = _VALUE.match(text, match.end())
        script = (value[1] or value[2] or value[3] or "") if value else ""
        script = html.unescape(script) if "&" in script else script
        if not script or javascript.benign(script):
            continue
        called = elements.script_address(script)
        reading = called if called is not None and called.grade else javascript.read(script)
        left = text[: match.start("name")]
        quoted = match["before"] in _CLOSING or left.rstrip()[-1:] in _CLOSING
        quoted = quoted or _ATTRIBUTES.fullmatch(left) is not None
        opened = quoted or any(sign in left for sign in "\"'`<")
        end = value.end() if value else match.end()
        if reading.grade == 2 and (opened or (len(text) <= _SHORT and not _WORDS.search(left))):
            return Sign("xss.attribute_breakout", match.start("name"), end)
        if reading.grade == 1 and quoted and len(text) <= _SHORT and match["name"].islower():
            return Sign("xss.attribute_call", match.start("name"), end)
    return None


def _names_handler(text: str) -> bool:
    """Whether a handler's name could stand in front of an equals sign: most texts hold few."""
    at = -1
    for _ in range(_EQUALS):
        at = text.find("=", at + 1)
        if at < 0:
            return False
        if _HANDLER_NAME.search(text, max(0, at - _LONGEST_HANDLER), at):
            return True
    return True


def source(text: str) -> Sign | None:
    """The address of a foreign script, for a script element whose attribute a value is."""
    match = _SOURCE.search(text) if len(text) <= _SHORT else None
    return Sign("xss.attribute_source", match.start("name"), match.end()) if match else None


def strings(text: str, until: int) -> Sign | None:
    """A quote before ``until`` that ends a script's string, an operator, and a script that acts."""
    weak: Sign | None = None
    if (len(text) > _LONG and text.count("\n") >= 3) or text.startswith(_JSON):
        return None
    if len(text) > _SHORT:  # further on no script counts, whatever it does
        until = min(until, _SHORT + 1)
    for count, match in enumerate(_QUOTE.finditer(text)):
        if count >= _QUOTES or match.start() >= until:
            break
        start = match.start("next")
        window = text[start : start + _WINDOW]
        if "(" not in window and "`" not in window and "=" not in window:
            break
        reading = _acting(window)
        if reading is None:
            continue
        at = start + reading.start
        near = match.start() <= _SHORT and reading.start <= _SHORT
        if (
            (reading.grade == 2 or _MOVES.search(window[:_SHORT]))
            and near
            and not _WORDS.search(text[start:at])
        ):
            return Sign("xss.script_breakout", match.start(), min(start + reading.end, len(text)))
        ends = text.rstrip().endswith(("//", "<!--", "/*", match["quote"][-1]))
        if reading.collisions == 0 and ends and weak is None and len(text) <= _SHORT:
            weak = Sign("xss.script_breakout_call", match.start(), start + reading.end)
    return weak


def _acting(window: str) -> javascript.Reading | None:
    """The script that stands behind a quote; None where it does nothing, or is prose."""
    if _TRACE.match(window):
        return None
    if len(window) > _GLANCE and javascript.collisions(window[:_GLANCE]) > _most(len(window)):
        return None  # its beginning tells that it is prose
    reading = javascript.read(window)
    if reading.grade == 0 or reading.collisions > _most(reading.end):
        return None
    deed = window[: reading.end + 2].lower()
    return reading if any(sign in deed for sign in _DEEDS) else None


def _most(length: int) -> int:
    """Collisions that a script of this length may have."""
    return 2 + length // 60


def bare(text: str, slot_name: str) -> Sign | None:
    """A short value that is nothing but a test call, for a script that takes it unquoted."""
    if javascript.obfuscated(text):
        return Sign("xss.obfuscated", 0, len(text))
    if len(text) > _SHORT or text.startswith(_JSON) or _CODE_SLOTS.search(slot_name):
        return None
    match = _CANARY.search(text) or _COOKIE.search(text)
    if match is not None:
        start, end = match.span("call")
        told = _WORDS.search(f"{text[:start]} {text[end:]}") is not None
        return None if told else Sign("xss.bare_call", start, end)
    if _NAMED.search(text) is not None:
        reading = javascript.read(text)
        if reading.grade == 2 and reading.collisions == 0:
            return Sign("xss.bare_call", reading.start, reading.end)
    return None


def client_template(text: str) -> Sign | None:
    """Expressions of AngularJS, Vue and template literals that leave their sandbox."""
    for begin, inner, end in islice(_templates(text), _TEMPLATES):
        inside = text[inner:end]
        if ("(" in inside or "`" in inside or "=" in inside) and javascript.read(inside).grade == 2:
            return Sign("xss.client_template", begin, end)
    return None


def _templates(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, inside and end of each expression on one line; each end is looked for only once."""
    taken, end = 0, -1
    for opening in _OPENING.finditer(text):
        begin, inner = opening.span()
        if begin < taken:
            continue
        if end <= inner:
            closing = _END.search(text, min(inner + 1, len(text)))
            end = closing.start() if closing else len(text)
        if inner < end <= inner + _TEMPLATE_LENGTH and text[end : end + 1] != "\n":
            taken = end
            yield begin, inner, end
