"""Line ends in a value that begin a header or a body of their own (CWE-113; RFC 9110, 5.5)."""

from __future__ import annotations

import re

from shangdun_guard.inspector.sink import Sign, Sink, Slot

_OWN = (
    "set-cookie2?|content-(?:type|length|disposition|encoding|security-policy)|transfer-encoding"
    "|access-control-[a-z-]{3,40}|x-xss-protection|x-forwarded-[a-z]{2,8}|cache-control"
    "|last-modified|user-agent"
)
"""Names that nobody writes at the start of a line but in a head."""
_WORDS = "location|refresh|host|cookie|link|status|server|connection|referer|authorization"
"""Names that are words too: people write ``Location: Berlin``."""
_LINE = re.compile(
    rf"[\r\n][ \t]{{0,8}}(?:(?P<own>(?i:{_OWN})[ \t]{{0,8}}:[^\r\n])"
    rf"|(?P<word>(?i:{_WORDS})[ \t]{{0,8}}:[^\r\n])"
    r"|(?P<mail>(?i:b?cc|to|from|subject|mime-version)[ \t]{0,8}:[^\r\n])"
    r"|(?P<message>HTTP/[0-9.]{1,3} [1-5][0-9]{2}\b|[A-Z]{3,10} /\S{0,2000} HTTP/1))"
)
"""Without a flag for all of it: only so does the scan jump from line end to line end."""
_MEANT = re.compile(
    r"[ \t]{0,8}(?:/|https?:|javascript:|data:|[0-9]{1,3}[;\s]|[\w.-]{1,64}="
    r"|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?:[\r\n]|\Z)|(?i:basic|bearer|close|keep-alive)\b)"
)
"""What such a header would say, against what people say behind a colon."""
_BLANK = re.compile(r"\s")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}")
_BODY = re.compile(r"\n\r?\n[ \t]{0,8}<[A-Za-z!/]")
_OF_ONE_LINE = frozenset({"path", "query", "cookie", "header", "referer"})
"""Places where a line end is odd by itself: in forms and documents people write several lines."""
_FEW_LINES = 8


def _may(text: str) -> bool:
    return ("\n" in text or "\r" in text) and (":" in text or "HTTP/" in text)


def _judge(text: str, slot: Slot) -> list[Sign]:
    first: dict[str, re.Match[str]] = {}
    for found in _LINE.finditer(text):
        first.setdefault(found.lastgroup or "", found)
        if len(first) == 4:
            break
    if not first:
        return []
    injected = [found for found in first.values() if _injected(text, found, slot.place)]
    if not injected:
        earliest = min(first.values(), key=lambda found: found.start())
        return [Sign("header.quoted", *earliest.span())]
    signs = []
    for found in injected:
        code = {"mail": "header.mail", "message": "header.message"}.get(found.lastgroup or "")
        signs.append(Sign(code or "header.injected", *found.span()))
    body = _BODY.search(text, injected[0].end())
    if body:
        signs.append(Sign("header.body", *body.span()))
    return signs


def _injected(text: str, found: re.Match[str], place: str) -> bool:
    """Whether the line follows what one value could be, and not what somebody wrote."""
    before = text[: found.start()].strip()
    kind = found.lastgroup
    if place == "file" or text.strip().count("\n") > _FEW_LINES:
        return False
    if kind != "message" and "\n" in before:
        return False
    if kind == "mail":
        return not _BLANK.search(before) and _ADDRESS.search(text, found.start()) is not None
    if kind == "word" and _MEANT.match(text, found.end() - 1) is None:
        return False
    return place in _OF_ONE_LINE or not _BLANK.search(before)


SINK = Sink(
    name="header",
    weights={
        "header.injected": 7.0,
        "header.body": 3.0,
        "header.message": 4.0,
        "header.mail": 6.0,
        "header.quoted": 1.0,
    },
    sentences={
        "header.injected": "A line end in the value begins a header of the attacker's own.",
        "header.body": "An empty line in the value ends the headers, and markup follows as body.",
        "header.message": "The value holds a whole message of HTTP after a line end.",
        "header.mail": "A line end in the value adds a recipient or header to a mail.",
        "header.quoted": "Header lines stand in a text of several lines.",
    },
    may=_may,
    judge=_judge,
)
