"""What the inspector says of a request."""

from __future__ import annotations

from typing import NamedTuple

from shangdun_guard.inspector.sink import Sign, Slot
from shangdun_guard.inspector.value import Form, Value


class Hit(NamedTuple):
    """One sign, the value that carried it, and its bytes."""

    cls: str
    """The attack class: sql, xss, path, …"""
    score: float
    """Probability, 0 to 1, of that class from this form of the value with all its signs."""
    slot: Slot
    raw: bytes
    """The value's bytes as they stood on the wire, escapes and all."""
    start: int
    """Of these bytes in the request: head, blank line and body as received; where the head as
    received is not known, as if each header had been written ``name: value`` and CRLF."""
    end: int
    form: str
    """The decoded form that was judged."""
    layers: tuple[str, ...]
    """What had to be undone to reach it, from the outermost on."""
    code: str
    """``<class>.<what>``."""
    reason: str
    """One English sentence: why this is an attack."""
    sign_start: int
    """The part of ``form`` that is the sign."""
    sign_end: int


class Verdict(NamedTuple):
    """The judgement over one request."""

    attack: bool
    score: float
    """Probability, 0 to 1, of the most probable class."""
    classes: tuple[str, ...]
    """Classes at or above the threshold, most probable first; empty when clean."""
    hits: tuple[Hit, ...]
    """Every sign found, of the most probable forms first; also those of clean requests."""
    scores: dict[str, float]
    """Class to its probability, of classes that had a sign."""
    partial: tuple[str, ...] = ()
    """What was not looked at, as ``body beyond 131072 bytes``; empty when all was."""


class Judged(NamedTuple):
    """Signs of one sink in one form of one value: what is weighed."""

    cls: str
    value: Value
    form: Form
    signs: tuple[Sign, ...]


class Reading(NamedTuple):
    """Everything that sinks saw in one request, before it is weighed."""

    judged: list[Judged]
    partial: list[str]
