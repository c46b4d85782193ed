"""Signs out of a request: its values, the forms of those that are not quiet, the sinks of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.forms import forms_below, natural
from shangdun_guard.inspector.extract.body import body_values
from shangdun_guard.inspector.extract.encoded import plain_body
from shangdun_guard.inspector.extract.headers import header_values
from shangdun_guard.inspector.extract.json_text import is_json, json_values
from shangdun_guard.inspector.extract.target import (
    authority_values,
    path_values,
    query_values,
    split_target,
)
from shangdun_guard.inspector.gate import (
    PLAIN_ADDRESS,
    PLAIN_PATH,
    QUIET_RAW,
    quiet_piece,
    quiet_text,
    quiet_token,
)
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.quiet import LONGEST, REMEMBERED, QuietValues
from shangdun_guard.inspector.sink import Sink, Slot
from shangdun_guard.inspector.value import Form, Value
from shangdun_guard.inspector.verdict import Judged, Reading
from shangdun_guard.request import Request

_skip_raw = QUIET_RAW.fullmatch
_plain_path = PLAIN_PATH.fullmatch
_plain_address = PLAIN_ADDRESS.fullmatch
_PAGES = frozenset({"referer", "origin"})
_OF_PATHS = frozenset({"path", "exploit"})
"""Classes that the path of a target can show without any odd character."""
_OF_JSON = frozenset({"nosql", "deserialisation"})
"""Classes that sound JSON can show as a whole; for all others its strings are judged."""


class _Place(NamedTuple):
    """Forms of which value are being judged, and the name it goes by."""

    value: Value
    slot: Slot


class Work:
    """What has been found in one request, and how much may still be spent on it."""

    __slots__ = ("chars", "judged", "partial", "values")

    def __init__(self, limits: Limits) -> None:
        self.judged: list[Judged] = []
        self.partial: list[str] = []
        self.values = limits.values
        self.chars = limits.judged

    @property
    def spent(self) -> bool:
        """Whether nothing more is looked at."""
        return self.values < 0 or self.chars < 0

    def told(self, what: str) -> None:
        """Note once what is not looked at."""
        if what not in self.partial:
            self.partial.append(what)


class Reader:
    """Reads request after request; remembers values without signs, within bounds."""

    def __init__(
        self, limits: Limits, sinks: tuple[Sink, ...], checks: tuple[Check, ...], *, remember: bool
    ) -> None:
        self._limits = limits
        self._sinks = tuple((sink.may, sink.judge, sink.name) for sink in sinks)
        self._path_sinks = tuple(sink for sink in self._sinks if sink[2] in _OF_PATHS)
        self._json_sinks = tuple(sink for sink in self._sinks if sink[2] in _OF_JSON)
        self._checks = tuple(check.judge for check in checks)
        self._quiet = QuietValues(REMEMBERED if remember else 0)
        # Of their own: a flood of new sessions must not push out what all visitors share.
        self._quiet_cookies = QuietValues(REMEMBERED // 4 if remember else 0)

    def read(self, request: Request) -> Reading:
        """Every sign in the request; in time and memory linear in its length."""
        work = Work(self._limits)
        for check in self._checks:
            work.judged += check(request)
        self._read_target(request, work)
        quiet = self._quiet.young
        for part, pair in enumerate(request.headers):
            if pair not in quiet:
                self._read_header(part, pair, work)
        if request.body or request.body_size > 0:
            self._read_body(request, work)
        return Reading(work.judged, work.partial)

    def _read_target(self, request: Request, work: Work) -> None:
        target = request.target
        if len(target) > self._limits.head:
            work.told(f"target beyond {self._limits.head} bytes")
            target = target[: self._limits.head]
        start, end = split_target(target)
        if start:
            host = next((text for name, text in request.headers if name == "host"), "")
            self._read_all(authority_values(target, start, host), work)
        path = target[start:end]
        if path not in self._quiet:
            before = len(work.judged)
            self._read_all(path_values(target, start, end), work)
            self._remember(path, len(path), work, before)
        self._read_all(query_values(target, end, quiet_piece), work)

    def _read_header(self, part: int, pair: tuple[str, str], work: Work) -> None:
        name, text = pair
        memory = self._quiet_cookies if name == "cookie" else self._quiet
        if pair in memory:  # also of its old generation, which makes it young again
            return
        if len(text) > self._limits.head:
            work.told(f"header beyond {self._limits.head} bytes")
            text = text[: self._limits.head]
        before = len(work.judged)
        if not (_skip_raw(text) or (name in _PAGES and _plain_address(text))):
            self._read_all(header_values(part, name, text, quiet_piece), work)
        if len(text) <= LONGEST and len(work.judged) == before and not work.partial:
            memory.add(pair)

    def _read_body(self, request: Request, work: Work) -> None:
        plain = plain_body(request, self._limits.body)
        if plain.partial:
            work.told(plain.partial)
        content_type = next((text for name, text in request.headers if name == "content-type"), "")
        text = plain.data.decode("latin-1")
        values = body_values(text, content_type, _skip_raw)
        if not plain.layers:
            self._read_all(values, work)
            return
        for value in values:  # places in the plain body are none in the request: tell all of it
            if work.spent:
                return
            whole = value._replace(start=0, end=len(request.body))
            self._read_value(whole, work, plain.layers)

    def _read_all(self, values: Iterator[Value], work: Work) -> None:
        for value in values:
            if work.spent:
                return
            self._read_value(value, work)

    def _read_value(self, value: Value, work: Work, outer: tuple[str, ...] = ()) -> None:
        """Forms and sinks of one value, which stood below some layers around it."""
        text = value.text
        if quiet_token(text):
            return
        key = (value.place, value.name, text, value.syntax)
        if key in self._quiet:
            return
        work.values -= 1
        if work.values < 0:
            work.told(f"values beyond {self._limits.values}")
            return
        before = len(work.judged)
        place = _Place(value, Slot(value.place, value.name))
        for piece in _windows(text, self._limits.form):
            base = natural(piece, value.syntax)
            if outer:
                base = Form(base.text, outer + base.layers)
            self._judge(place, base, piece, work)
            if work.chars < 0:
                return
        self._remember(key, len(text), work, before)

    def _remember(self, key: object, length: int, work: Work, before: int) -> None:
        if length <= LONGEST and len(work.judged) == before and not work.partial:
            self._quiet.add(key)

    def _judge(self, place: _Place, base: Form, raw: str, work: Work) -> None:
        """Every sink over every form, and over the values of JSON that a form holds."""
        is_path = place.value.place == "path"
        for form in forms_below(base, raw, self._limits):
            text = form.text
            if not is_path and quiet_text(text):
                continue
            work.chars -= len(text)
            if work.chars < 0:
                work.told(f"decoded text beyond {self._limits.judged} characters")
                return
            sinks = self._sinks
            if is_path and _plain_path(text):
                sinks = self._path_sinks
            elif text[:1] in _OPENINGS and is_json(text):
                sinks = self._json_sinks
                if len(form.layers) < self._limits.layers:
                    self._read_nested(place, form, work)
            for may, judge, name in sinks:
                if may(text):
                    signs = judge(text, place.slot)
                    if signs:
                        work.judged.append(Judged(name, place.value, form, tuple(signs)))

    def _read_nested(self, place: _Place, form: Form, work: Work) -> None:
        """JSON within a value: its strings are values of their own, below one layer more."""
        value, slot = place
        for inner in json_values(form.text, value.place, value.part, 0, _skip_raw):
            work.values -= 1
            if work.spent:
                work.told(f"values beyond {self._limits.values}")
                return
            name = f"{slot.name}.{inner.name}" if slot.name else inner.name
            base = Form(natural(inner.text, "json").text, (*form.layers, "json"))
            deeper = _Place(value._replace(name=name), Slot(slot.place, name))
            self._judge(deeper, base, inner.text, work)


def _windows(text: str, size: int) -> Iterator[str]:
    """The text, or overlapping parts of it: nothing hides behind padding, or on a seam."""
    yield text[:size]
    for start in range(size * 3 // 4, len(text) - size // 4, size * 3 // 4):
        yield text[start : start + size]


_OPENINGS = frozenset({"{", "[", " ", "\n"})
