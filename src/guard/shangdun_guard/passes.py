"""Challenges and what they earn: signed, expiring, bound to the sender's address, not stored.

A challenge is work: find a number that makes a SHA-256 begin with so many zero bits (hashcash,
A. Back 2002). Who has no script waits instead, and comes back with the same signed challenge.
Either earns a cookie that only this address can use.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NamedTuple

COOKIE = "sdg_pass"
ANSWER_SECONDS = 600
"""A challenge must be answered within so long."""
_CONTEXT = b"shangdun-guard challenge 1"


class Challenge(NamedTuple):
    """What a client is asked: find ``n`` so that SHA-256 of ``<text>:<n>`` begins with zeros."""

    text: str
    bits: int


class Passes:
    """Asks and checks; equal secrets on all machines make equal answers."""

    def __init__(self, secret: str, *, bits: int, pass_seconds: int, wait_seconds: int) -> None:
        self._key = hmac.new(secret.encode(), _CONTEXT, hashlib.sha256).digest()
        self.bits = bits
        self.pass_seconds = pass_seconds
        self.wait_seconds = wait_seconds

    def ask(self, sender: str, now: float) -> Challenge:
        """A new challenge for a sender (an address, or an IPv6 /64)."""
        head = f"{int(now):x}.{secrets.token_hex(8)}.{self.bits}"
        return Challenge(f"{head}.{self._sign('ask', head, sender)}", self.bits)

    def solved(self, text: str, answer: str, sender: str, now: float) -> bool:
        """Whether this answers, in time, a challenge that this sender was given."""
        asked = self._asked(text, sender, now)
        if asked is None or len(answer) > 16 or not (answer.isascii() and answer.isdigit()):
            return False
        return zero_bits(hashlib.sha256(f"{text}:{answer}".encode()).digest()) >= asked[1]

    def waited(self, text: str, sender: str, now: float) -> bool:
        """Whether this sender has waited since the challenge was given, and waiting may do."""
        asked = self._asked(text, sender, now)
        return asked is not None and bool(self.wait_seconds) and asked[0] >= self.wait_seconds

    def grant(self, sender: str, now: float) -> str:
        """The value of the cookie that a good answer earns."""
        until = f"{int(now) + self.pass_seconds:x}"
        return f"{until}.{self._sign('pass', until, sender)}"

    def holds(self, cookie: str, sender: str, now: float) -> bool:
        """Whether this cookie was granted to this sender and still holds."""
        until, _, signature = cookie.partition(".")
        if not signature or not hmac.compare_digest(
            signature.encode("utf-8", "replace"), self._sign("pass", until, sender).encode()
        ):
            return False
        return int(until, 16) > now

    def _asked(self, text: str, sender: str, now: float) -> tuple[float, int] | None:
        head, _, signature = text.rpartition(".")
        if len(text) > 200 or not hmac.compare_digest(
            signature.encode("utf-8", "replace"), self._sign("ask", head, sender).encode()
        ):
            return None
        began, _, bits = head.split(".")
        age = now - int(began, 16)
        return (age, int(bits)) if -5 <= age <= ANSWER_SECONDS else None

    def _sign(self, what: str, text: str, sender: str) -> str:
        message = f"{what}|{text}|{sender}".encode("utf-8", "replace")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]


def zero_bits(digest: bytes) -> int:
    """How many zero bits a digest begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()
