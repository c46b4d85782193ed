"""A decision: what is done to whom, where, for how long, by whom, and which of several counts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.protect.target import Target

APPEAL_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Read aloud on the telephone: without 0 and O, 1 and I and L, and without U."""

APPEAL_LETTERS = 10
"""30^10 codes: among a million decisions two have the same with a chance of one in a thousand."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.\-]{0,251}[a-z0-9])?")
_ROUTE = re.compile(r"/[!-~]{0,198}")  # printable ASCII without spaces: as it stands in a request


class Measure(StrEnum):
    """What is done, the mildest first."""

    ALLOW = "allow"
    """Let in, whatever other decisions say."""
    THROTTLE = "throttle"
    """At most so many requests a minute."""
    CHALLENGE = "challenge"
    """Proves to be a browser that a person uses before going on."""
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """0 for allow up to 3 for block."""
        return list(Measure).index(self)


class DecisionState(StrEnum):
    """Where a decision is in its life; only what is in force is enforced."""

    PROPOSED = "proposed"
    """Waits for a person."""
    SIMULATED = "simulated"
    """Would have been taken; only looked at."""
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """A stricter one for the same target took its place."""
    UNDONE = "undone"
    REFUSED = "refused"
    """Proposed, and a person said no."""


class Scope(msgspec.Struct, frozen=True):
    """Where a decision holds: an empty host is every host, an empty route every path.

    As text ``""`` (everywhere), ``/checkout``, ``shop.example`` or ``shop.example/checkout``.
    """

    host: str = ""
    route: str = ""

    def __str__(self) -> str:
        return self.host + self.route

    def holds(self, host: str, path: str) -> bool:
        """Whether a request for this host (no port) and path is meant; prefixes end at a ``/``."""
        if self.host and host.lower() != self.host:
            return False
        route = self.route.rstrip("/")
        return not route or path == route or path.startswith(f"{route}/")

    def covers(self, other: Scope) -> bool:
        """Whether it holds wherever ``other`` holds."""
        if self.host not in {"", other.host}:
            return False
        return Scope("", self.route).holds("", other.route or "/")


EVERYWHERE = Scope()


def scope(text: str) -> Scope:
    """The scope that a text names; raises ``UsageError`` (``decision.scope``)."""
    host, slash, rest = text.strip().partition("/")
    found = Scope(host.lower(), slash + rest if rest else "")
    wrong = (found.host and not _HOST.fullmatch(found.host)) or (
        found.route and not _ROUTE.fullmatch(found.route)
    )
    if wrong or len(str(found)) > 200:
        raise UsageError(
            f"{text[:60]!r} is no scope",
            code="decision.scope",
            fix="leave it empty, or write a host and the beginning of paths: shop.example/login",
        )
    return found


class AuthorKind(StrEnum):
    """Who can decide."""

    RULE = "rule"
    INCIDENT = "incident"
    STEP = "step"
    """Of a playbook."""
    PERSON = "person"
    SYSTEM = "system"


class Author(msgspec.Struct, frozen=True):
    """Who decided; as text ``rule:UID``, ``incident:NUMBER``, ``step:ID``, ``person:NAME``.

    The system itself has no name: ``system``.
    """

    kind: AuthorKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    @property
    def automatic(self) -> bool:
        """Whether no person looked at it: the guard for customers then has the last word."""
        return self.kind in {AuthorKind.RULE, AuthorKind.SYSTEM}


def author(text: str) -> Author:
    """The author that a text names; raises ``UsageError`` (``decision.author``)."""
    kind, _, name = text.partition(":")
    if kind not in AuthorKind.__members__.values() or (not name) != (kind == AuthorKind.SYSTEM):
        raise UsageError(
            f"{text[:60]!r} is no author",
            code="decision.author",
            fix="rule:UID, incident:NUMBER, step:ID, person:NAME or system",
        )
    return Author(AuthorKind(kind), name[:180])


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision as enforcers take it."""

    uid: str
    seq: int
    """Of the change in the stream that last put it in force; unique among those in force."""
    measure: Measure
    target: Target
    scope: Scope = EVERYWHERE
    reason: str
    author: str
    since: int
    """Milliseconds since the epoch, UTC."""
    until: int | None
    """None: until somebody undoes it."""
    rate: int = 0
    """Requests a minute, where the measure is throttle; else 0."""
    appeal: str
    """What the person who was turned away tells customer service: ``K7QM3-XWF2A``."""

    def in_force(self, now: int) -> bool:
        """Whether it has begun and has not run out at ``now`` (ms)."""
        return self.since <= now and (self.until is None or now < self.until)


def counting(decisions: Iterable[Decision]) -> Decision | None:
    """Which of the decisions that meet one request counts: an allow, else the strictest.

    Of several throttles the one with the lowest rate; of equals the one that holds longest.
    """
    best: Decision | None = None
    for decision in decisions:
        if best is None or _rank(decision) > _rank(best):
            best = decision
    return best


def _rank(decision: Decision) -> tuple[bool, int, int, float, str]:
    until = float("inf") if decision.until is None else float(decision.until)
    allowed = decision.measure is Measure.ALLOW
    return (allowed, decision.measure.strictness, -decision.rate, until, decision.uid)


def new_uid() -> str:
    """A random identifier of 128 bits, in hex."""
    return secrets.token_hex(16)


def appeal_code(uid: str) -> str:
    """The code of a decision, two groups of five, made from its uid."""
    number = int(uid, 16)
    letters = []
    for _ in range(APPEAL_LETTERS):
        number, digit = divmod(number, len(APPEAL_ALPHABET))
        letters.append(APPEAL_ALPHABET[digit])
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def read_appeal(text: str) -> str:
    """What somebody typed as a code, in the form it is kept in; empty if it can be none.

    Spaces, hyphens and case do not matter.
    """
    letters = [char for char in text.upper() if char.isalnum()]
    plain = "".join(letters)
    if len(plain) != APPEAL_LETTERS or not set(plain) <= set(APPEAL_ALPHABET):
        return ""
    return f"{plain[:5]}-{plain[5:]}"
