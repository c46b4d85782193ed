"""What the guard answers in the shop's place: small pages for people, JSON for programs.

The pages carry their own strict Content-Security-Policy: nothing is loaded from anywhere, and the
only script that runs is the challenge's, by a nonce.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

from shangdun_guard.words import CHINESE, WORDS

SCRIPT = Path(__file__).with_name("challenge.js").read_text("ascii")
STYLE = Path(__file__).with_name("answers.css").read_text("ascii")
Words = Mapping[str, str]
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex"),
)


class Answer(NamedTuple):
    """A whole response: sent instead of the shop's."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Reader(NamedTuple):
    """Who will read an answer."""

    language: str = CHINESE
    is_program: bool = False
    """Wants JSON."""
    contact: str = ""


class Held(NamedTuple):
    """The request that a challenge holds up."""

    action: str
    """Where answers are posted."""
    target: str
    """Path and query to go on with."""
    method: str
    form: tuple[tuple[str, str], ...] | None = None
    """Fields of a form that can be sent again; None: the body cannot be kept in a page."""


class _Script(NamedTuple):
    """What the one script of a page may do."""

    nonce: str
    sends_on: bool
    """Submits the form that was held up, too."""


def blocked(reader: Reader, code: str) -> Answer:
    """403: turned away, and how to appeal. ``code`` is the decision's or the event's."""
    words = WORDS[reader.language]
    if reader.is_program:
        return _json(403, {"error": "blocked", "appeal": code, "contact": reader.contact})
    return _page(403, reader, "block", _appeal(words["block.help"], code, reader))


def throttled(reader: Reader, seconds: int) -> Answer:
    """429 with ``Retry-After`` (RFC 6585, 4)."""
    again = (("Retry-After", str(seconds)),)
    if reader.is_program:
        return _json(429, {"error": "throttled", "retry_after": seconds}, again)
    lead = WORDS[reader.language]["throttle.text"].format(seconds=seconds)
    return _page(429, reader, "throttle", "", again, lead=lead)


def unavailable(reader: Reader) -> Answer:
    """503: a route that is configured to be closed while a measure is missing."""
    again = (("Retry-After", "30"),)
    if reader.is_program:
        return _json(503, {"error": "unavailable", "retry_after": 30}, again)
    return _page(503, reader, "away", "", again)


def challenged(reader: Reader, text: str, bits: int, wait: int, held: Held) -> Answer:
    """403 with work to do; the request goes on by itself afterwards.

    A GET is asked for again. A form travels in the page and is sent again. Other bodies cannot
    stay: the page says so. Programs are told where an answer would be taken.
    """
    if reader.is_program:
        return _json(
            403,
            {"error": "challenge", "challenge": text, "bits": bits, "answer_to": held.action},
        )
    words = WORDS[reader.language]
    parts = [f'<p id="state" role="status">{words["challenge.working"]}</p>']
    is_form = held.method == "POST" and held.form is not None
    if is_form:
        parts.append(f"<p>{words['challenge.form']}</p>")
    elif held.method not in ("GET", "HEAD"):
        parts.append(f"<p>{words['challenge.again']}</p>")
    next_target = held.target if held.method in ("GET", "HEAD") else ""
    fields = [("challenge", text), ("answer", ""), ("next", next_target)]
    parts.append(
        f'<form id="answer" method="post" action="{escape(held.action)}" data-bits="{bits}">'
        f"{_hidden(fields)}</form>"
    )
    parts.append(_without_script(words, text, wait, held, next_target))
    if held.form is not None and is_form:
        parts.append(_again(words, held, held.form))
    script = _Script(secrets.token_urlsafe(16), sends_on=is_form)
    parts.append(f'<script nonce="{script.nonce}">{SCRIPT}</script>')
    return _page(403, reader, "challenge", "".join(parts), script=script)


def passed(reader: Reader, cookie: str, target: str) -> Answer:
    """The answer was good: on with the request (303), or back to the other tab."""
    earned = (("Set-Cookie", cookie),)
    if target:
        return Answer(303, (("Location", target), *_HEADERS, *earned), b"")
    if reader.is_program:
        return _json(200, {"passed": True}, earned)
    return _page(200, reader, "passed", "", earned)


def _without_script(told: Words, text: str, wait: int, held: Held, next_target: str) -> str:
    if not wait:
        return f"<noscript><p>{told['challenge.closed']}</p></noscript>"
    is_form = held.method == "POST" and held.form is not None
    lead = told["challenge.tab" if is_form else "challenge.open"].format(seconds=wait)
    where = ' target="_blank"' if is_form else ""
    fields = _hidden([("challenge", text), ("next", next_target)])
    return (
        f'<noscript><p>{lead}</p><form method="post" action="{escape(held.action)}"{where}>'
        f"{fields}<button>{told['challenge.wait']}</button></form></noscript>"
    )


def _again(told: Words, held: Held, form: Iterable[tuple[str, str]]) -> str:
    return (
        f'<form id="again" method="post" action="{escape(held.target)}">{_hidden(form)}'
        f"<noscript><button>{told['challenge.resend']}</button></noscript></form>"
    )


def _hidden(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields
    )


def _appeal(lead: str, code: str, reader: Reader) -> str:
    words = WORDS[reader.language]
    contact = (
        f"<dt>{words['contact']}</dt><dd>{escape(reader.contact)}</dd>" if reader.contact else ""
    )
    return (
        f"<p>{lead}</p><dl><dt>{words['code']}</dt><dd><code>{escape(code)}</code></dd>"
        f"{contact}</dl>"
    )


def _page(
    status: int,
    reader: Reader,
    kind: str,
    inside: str,
    headers: tuple[tuple[str, str], ...] = (),
    *,
    lead: str = "",
    script: _Script | None = None,
) -> Answer:
    words = WORDS[reader.language]
    nonce = script.nonce if script else secrets.token_urlsafe(16)
    title = words[f"{kind}.title"]
    lead = lead or words[f"{kind}.text"]
    body = (
        f'<!doctype html><html lang="{reader.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><style nonce="{nonce}">{STYLE}</style></head>'
        f'<body><main class="{kind}"><h1>{title}</h1><p>{lead}</p>{inside}</main></body></html>'
    )
    # A form that is sent on may be answered with a redirect to a payment provider, which browsers
    # hold to form-action as well.
    forms = "'self' https:" if script and script.sends_on else "'self'"
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        f"connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'self'"
    )
    kind_of = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy))
    return Answer(
        status, (*kind_of, ("Vary", "Accept-Language"), *_HEADERS, *headers), body.encode()
    )


def _json(
    status: int, content: dict[str, object], headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, (("Content-Type", "application/json"), *_HEADERS, *headers), body)
