"""Line ends in a value that begin a header or a body of their own (CWE-113; RFC 9110, 5.5)."""

from __future__ import annotations

import re

from shangdun_guard.inspector.sink import Sign, Sink, Slot

_RESPONSE = (
    "set-cookie|location|content-type|content-length|content-disposition|transfer-encoding|refresh"
    "|access-control-[a-z-]{3,40}|x-xss-protection|content-security-policy|host|cookie|link"
    "|cache-control|x-forwarded-[a-z]{2,8}|last-modified|status|server|connection|referer"
    "|user-agent|authorization"
)
_LINE = re.compile(
    rf"[\r\n][ \t]{{0,8}}(?:(?P<header>(?i:{_RESPONSE})[ \t]{{0,8}}:[^\r\n])"
    r"|(?P<mail>(?i:b?cc|to|from|subject|mime-version)[ \t]{0,8}:[^\r\n])"
    r"|(?P<message>HTTP/[0-9.]{1,3} [1-5][0-9]{2}\b|[A-Z]{3,10} /\S{0,2000} HTTP/1))"
)
"""Without a flag for all of it: only so does the scan jump from line end to line end."""
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}")
_BODY = re.compile(r"\n\r?\n[ \t]{0,8}<[A-Za-z!/]")
_LONG_PLACES = frozenset({"file", "body", "multipart", "json", "xml"})


def _may(text: str) -> bool:
    return ("\n" in text or "\r" in text) and ":" in text


def _judge(text: str, slot: Slot) -> list[Sign]:
    first: dict[str, re.Match[str]] = {}
    for found in _LINE.finditer(text):
        first.setdefault(found.lastgroup or "", found)
        if len(first) == 3:
            break
    signs = []
    header, mail, message = (first.get(kind) for kind in ("header", "mail", "message"))
    if header:
        injected = slot.place not in _LONG_PLACES and _early(text, header)
        signs.append(Sign(f"header.{'injected' if injected else 'quoted'}", *header.span()))
        body = _BODY.search(text, header.end())
        if body:
            signs.append(Sign("header.body", *body.span()))
    if message:
        signs.append(Sign("header.message", *message.span()))
    if mail and _ADDRESS.search(text, mail.start(), mail.end() + 200):
        code = "header.mail" if _early(text, mail) else "header.quoted"
        signs.append(Sign(code, *mail.span()))
    return signs


def _early(text: str, found: re.Match[str]) -> bool:
    """A message of many lines may quote headers: an injected one follows the first line."""
    return len(text[: found.start()].split("\n", 2)) == 1


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
