"""What a report says: findings, each with an identity that stays the same from report to report."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from shangdun.assess.vulnerabilities.severity import Grade

MOST = 25_000
"""Findings of one report; as many as the largest code hosts take."""
LONGEST = {"title": 300, "description": 5_000, "rule": 200, "cve": 40, "place": 500,
           "component": 200, "found_version": 100, "fixed_version": 100, "help_url": 500,
           "vector": 300, "host": 255}  # fmt: skip
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,19}\b", re.IGNORECASE)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of a report, in the words of the report."""

    identity: str = ""
    """64 hex digits; of ``told_apart``."""
    basis: str
    """What tells it from others of its tool and scope, before it is hashed."""
    title: str
    severity: Grade
    score: Decimal | None = None
    vector: str = ""
    known_exploited: bool = False
    description: str = ""
    rule: str = ""
    cve: str = ""
    place: str = ""
    component: str = ""
    found_version: str = ""
    fixed_version: str = ""
    help_url: str = ""
    host: str = ""
    """Where it runs, if the report says so: by it an asset is found."""
    due: date | None = None
    """Set in the report by a person."""
    suppressed: str = ""
    """The tool was told to leave it alone: why; the weakness itself is still there."""
    fixed: bool = False
    """The report names it only to say that it is gone."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What one tool says of one scope."""

    tool: str
    scope: str = ""
    made_at: datetime | None = None
    complete: bool = True
    """False: the tool itself says that it did not come to its end."""
    unread: int = 0
    """Of its findings that could not be read."""
    found: tuple[Found, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether what it does not name is gone: it ended well and all of it could be read."""
        return self.complete and not self.unread


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a report that cannot be read, and where."""

    where: str
    """``row 12, severity`` or ``runs[0].results[3]``."""
    code: str
    value: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report as read; what could not be read is named, never guessed."""

    form: str
    sections: tuple[Section, ...]
    troubles: tuple[Trouble, ...] = ()
    trouble_count: int = 0
    """All of them; of more than a page's worth only the first are named."""
    sheet: str = ""
    """Of a workbook: which sheet was read."""
    left_out: tuple[str, ...] = ()
    """Of a table: headings of the columns of which nothing is taken in."""


def told_apart(found: Iterable[Found]) -> tuple[Found, ...]:
    """Give each its identity: SHA-256 of its basis, and of which it is among those alike.

    Two findings that nothing tells apart (one rule twice in one file, no fingerprint) are the
    first and the second: when one is mended, the second closes.
    """
    seen: Counter[str] = Counter()
    named = []
    for one in found:
        seen[one.basis] += 1
        which = f"{one.basis}\0{seen[one.basis]}" if seen[one.basis] > 1 else one.basis
        digest = hashlib.sha256(which.encode("utf-8", "replace")).hexdigest()
        named.append(msgspec.structs.replace(one, identity=digest))
    return tuple(named)


def basis_of(*parts: str) -> str:
    """What tells a finding apart, of its parts in their order."""
    return "\0".join(" ".join(part.split()) for part in parts)


def cve_in(texts: Sequence[str]) -> str:
    """The first CVE that one of the texts names, in capital letters; empty: none."""
    return next((hit.group().upper() for text in texts if (hit := _CVE.search(text))), "")


def cves_in(texts: Sequence[str]) -> list[str]:
    """All that the texts name, in capital letters, in their order."""
    return list(dict.fromkeys(hit.upper() for text in texts for hit in _CVE.findall(text)))


def told(name: str, parts: Sequence[tuple[str, str]]) -> str:
    """Texts one below the other, each under what it is called, none of them squeezed out.

    A long one gives way: each may have what the others leave it, and at least its share. What
    another one contains already is not said twice.
    """
    said: list[tuple[str, str]] = []
    for called, given in parts:
        text = given.strip()
        if text and not any(text in other for _called, other in said):
            said.append((called, text))
    left = LONGEST[name] - sum(len(called) + 4 for called, _text in said)
    lengths: dict[int, int] = {}
    by_length = sorted(range(len(said)), key=lambda place: len(said[place][1]))
    for count, place in enumerate(by_length):
        share = max(left // (len(said) - count), 0)
        lengths[place] = min(len(said[place][1]), share)
        left -= lengths[place]
    return "\n\n".join(
        f"{called}: {text[: lengths[place]]}" if called else text[: lengths[place]]
        for place, (called, text) in enumerate(said)
    )


def shortened(name: str, text: str) -> str:
    """A text without control characters, at most as long as its column."""
    clean = "".join(char if char >= " " or char in "\n\t" else " " for char in text)
    clean = clean.encode("utf-8", "replace").decode().strip()
    return clean[: LONGEST[name]]
