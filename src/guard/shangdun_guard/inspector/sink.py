"""What a sink tells of a value: signs with their places, to be weighed by ``calibration``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, NamedTuple


class Slot(NamedTuple):
    """Where a value stood in its request."""

    place: str
    """path, query, form, json, xml, multipart, file, header, cookie, referer or body."""
    name: str
    """Of the parameter, header or cookie; of JSON and XML a path such as ``items[].title``."""


class Sign(NamedTuple):
    """One thing that speaks for an attack (or, with a negative weight, against it)."""

    code: str
    """``<class>.<what>``, as ``sql.tautology``: key of a weight and of a sentence."""
    start: int
    """Of the decoded form; ``end`` behind the last character."""
    end: int


@dataclass(frozen=True)
class Sink:
    """One grammar that a value could reach."""

    name: str
    """The attack class told to people: sql, nosql, ldap, xss, shell, path, …"""
    weights: dict[str, float]
    """Sign code to log-odds, as its author believes; ``calibration`` holds fitted ones."""
    sentences: dict[str, str]
    """Sign code to one English sentence that says why this is an attack."""
    may: Callable[[str], bool]
    """Cheap and without false negatives: False when this form cannot carry the attack."""
    judge: Callable[[str, Slot], list[Sign]]
    """Signs in one decoded form, in time linear in its length; empty when there are none."""
