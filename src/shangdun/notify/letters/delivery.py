"""What became of handing a letter over: the words that servers and records share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shangdun.notify.letters.template import Text

_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_QUEUED = re.compile(
    r"\b(?:queued as|id=|message[- ]id[: ]|queue[- ]?id[: ])\s*<?([A-Za-z0-9._-]{4,60})",
    re.IGNORECASE,
)


class Fate(StrEnum):
    """Of one letter after one attempt."""

    SENT = "sent"
    """The server took responsibility for it (RFC 5321 §6.1)."""
    LATER = "later"
    """It surely did not take it; trying again is safe."""
    BOUNCED = "bounced"
    """It will never take it for this recipient."""
    UNCERTAIN = "uncertain"
    """It may have taken it: trying again could reach somebody twice."""


@dataclass(frozen=True)
class Outcome:
    """``code`` is the reply code with the enhanced status code, ``receipt`` the server's number.

    Neither holds what the server said in words: that would name the recipient.
    """

    fate: Fate
    code: str = ""
    receipt: str = ""
    broken: bool = False
    """Whether the connection is of no further use."""
    blocked: bool = False
    """Whether the server refuses us, not this recipient: nothing more goes out for now."""


@dataclass(frozen=True)
class Parcel:
    """A letter ready to leave."""

    key: str
    """32 hex digits, the same at every attempt: Message-ID and Idempotency-Key."""
    address: str
    language: str
    text: Text
    unsubscribe: str = ""
    """Where the recipient says that he wants no more of it; ``""``: the law demands it."""


class Carrier(Protocol):
    """An open way to a server; one connection carries many letters."""

    idempotent: bool
    """Whether the same key twice is one letter there."""

    def carry(self, parcel: Parcel) -> Outcome:
        """Hand one over; never raises for what a server does."""

    def close(self) -> None: ...


def code_of(reply: int, said: bytes | str) -> str:
    """``250 2.1.5`` of a reply, without its words."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    enhanced = _ENHANCED.search(text)
    return f"{reply} {enhanced[0]}" if enhanced else str(reply)


def receipt_of(said: bytes | str) -> str:
    """The server's own number of a letter it took."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    found = _QUEUED.search(text)
    return found[1] if found and "@" not in found[1] else ""
