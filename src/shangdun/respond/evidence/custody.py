"""The chain of custody (证据保管链): who had an item when, each link sealing the one before.

ISO/IEC 27037:2012, 6.1 asks that the record of custody identify the item and say who accessed it,
when, where and why, and that unavoidable changes are told; so does, in China,
公安机关办理刑事案件电子数据取证规则 (2019). A link's hash is SHA-256 over the canonical JSON
(RFC 8785) of its fields and the hash before it; the first names the item, so that no chain can be
moved to other content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.kernel.ledger import canonical_json


class Act(StrEnum):
    """What was done with an item."""

    COLLECTED = "collected"
    ACCESSED = "accessed"
    VERIFIED = "verified"
    DAMAGED = "damaged"
    NOTED = "noted"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    HANDED_OUT = "handed_out"
    EXPORTED = "exported"
    HELD = "held"
    RELEASED = "released"
    DISPOSED = "disposed"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link. ``at`` is in milliseconds since the epoch; hashes are 64 hex digits."""

    number: int
    at: int
    act: str
    actor: str
    to: str
    text: str
    previous: str
    hash: str = ""


def first_seal(incident: int, number: int, sha256: str, size: int) -> str:
    """What the first link names as its predecessor: which item, and what it holds."""
    item = {"incident": incident, "number": number, "sha256": sha256, "size": size}
    return hashlib.sha256(canonical_json(item).encode()).hexdigest()


def link_hash(link: Link) -> str:
    """The hash that the link's fields ask for."""
    fields = {
        "act": link.act,
        "actor": link.actor,
        "at": link.at,
        "number": link.number,
        "previous": link.previous,
        "text": link.text,
        "to": link.to,
    }
    return hashlib.sha256(canonical_json(fields).encode()).hexdigest()


def seal(link: Link) -> Link:
    """The link with its hash."""
    return msgspec.structs.replace(link, hash=link_hash(link))


def broken_at(first: str, links: Iterable[Link]) -> int | None:
    """The number of the first link that does not hold, or None; ``first`` is ``first_seal``'s."""
    previous, expected = first, 1
    for link in links:
        sound = link.number == expected and link.previous == previous
        if not sound or link.hash != link_hash(link):
            return expected
        previous, expected = link.hash, expected + 1
    return None if expected > 1 else 1


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """How an item stands; people are named by their number, 0 is the store itself."""

    holder: int
    offered_to: int
    legal_hold: bool
    disposed: bool
    incident_open: bool


def check_act(act: Act, item: Holding, *, actor: int, to: int = 0) -> None:
    """Raise ``UsageError`` (``custody.…``) where the act is none the chain allows.

    Two signatures make a handing over: the offer of who holds it, then the acceptance of who
    receives it, who is somebody else.
    """
    problem = _problem(act, item, actor, to)
    if problem:
        code, message, fix = problem
        raise UsageError(message, code=f"custody.{code}", fix=fix)


def _problem(act: Act, item: Holding, actor: int, to: int) -> tuple[str, str, str] | None:
    if item.disposed:
        return "disposed", "the item was disposed of", "its chain of custody can still be read"
    if act is Act.OFFERED:
        return _offer(item, actor, to)
    if act in {Act.ACCEPTED, Act.DECLINED} and (not item.offered_to or item.offered_to != actor):
        return "not_yours", "it is not offered to you", "who holds it offers it first"
    if act is Act.DISPOSED and item.incident_open:
        return "open", "evidence of an open incident is kept", "close the incident first"
    if act is Act.DISPOSED and item.legal_hold:
        return "hold", "it is under legal hold", "legal ends the hold first"
    return None


def _offer(item: Holding, actor: int, to: int) -> tuple[str, str, str] | None:
    if item.offered_to:
        return "offered", "it is offered to somebody already", "wait for the answer"
    if item.holder and item.holder != actor:
        return "not_holder", "somebody else holds it", "ask who holds it to offer it"
    if to in {actor, item.holder}:
        return "self", "you hold it already", "choose somebody else"
    return None
