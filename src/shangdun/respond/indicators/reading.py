"""Indicators out of any text: a report, a mail, a chat; written plainly or defanged."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import NamedTuple

from shangdun.kernel.errors import UsageError
from shangdun.respond.indicators.kinds import Kind, normalise, refang

LONGEST_TEXT = 1_000_000
MOST = 2_000


class Read(NamedTuple):
    """One indicator that was found."""

    kind: Kind
    value: str


_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`，。；、）】》]+", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,63}")
_HASH = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32}|"
                   r"[0-9A-Fa-f]{96})?(?![0-9A-Za-z])")  # fmt: skip
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(/\d{1,2})?(?![\d]|\.\d)")
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(/\d{1,3})?"
                   r"(?![0-9A-Za-z:])")  # fmt: skip
_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+"
    r"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})(?![\w-])"
)
_ENDS = ".,;:!?)]}>'\""
FILES = frozenset(
    """asp aspx bak bat bin bz2 cfg cgi class cmd conf css csv dat db dll do doc docx eml exe gif go
    gz htm html ico ini java jpeg jpg js json jsp jsx key lnk local log lua md msi old pcap pdf pem
    php pl png ppt pptx ps1 py rar rb rtf sh so sql svg sys tar tmp toml ts tsx txt vbs war webp xls
    xlsx xml yaml yml zip""".split()  # noqa: SIM905 - sixty names read better so
)
"""Endings of files: what looks like a domain and ends so is taken for one only in a URL."""


def read_indicators(text: str) -> list[Read]:
    """What the text names, each once, in the order of its kinds; at most ``MOST``.

    What is longer than a million characters is read up to there. Addresses that belong to nobody
    (0.0.0.0, 127.0.0.1, multicast) are left out.
    """
    plain = refang(text[:LONGEST_TEXT])
    found: dict[Read, None] = {}
    for reader in (_urls, _emails, _hashes, _ipv4, _ipv6, _domains):
        rest = []
        at = 0
        for start, end, reads in reader(plain):
            found |= dict.fromkeys(reads)
            rest += [plain[at:start], " "]
            at = end
        plain = "".join([*rest, plain[at:]])
    return list(found)[:MOST]


_Found = Iterator[tuple[int, int, list[Read]]]


def _urls(text: str) -> _Found:
    for match in _URL.finditer(text):
        url = match[0].rstrip(_ENDS)
        yield match.start(), match.start() + len(url), _read(Kind.URL, url)


def _emails(text: str) -> _Found:
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), _read(Kind.EMAIL, match[0])


def _hashes(text: str) -> _Found:
    for match in _HASH.finditer(text):
        # Digits alone are an order's number sooner than a hash.
        reads = [] if match[0].isdecimal() else _read(Kind.HASH, match[0])
        yield match.start(), match.end(), reads


def _ipv4(text: str) -> _Found:
    yield from _addresses(_IPV4, text)


def _ipv6(text: str) -> _Found:
    yield from _addresses(_IPV6, text)


def _addresses(pattern: re.Pattern[str], text: str) -> _Found:
    for match in pattern.finditer(text):
        kind = Kind.RANGE if match[1] else Kind.IP
        reads = [read for read in _read(kind, match[0]) if _meant(read)]
        yield match.start(), match.end(), reads


def _meant(read: Read) -> bool:
    if read.kind is Kind.RANGE:
        return True
    address = ipaddress.ip_address(read.value)
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def _domains(text: str) -> _Found:
    for match in _DOMAIN.finditer(text):
        if match[0].rpartition(".")[2].lower() in FILES:
            continue
        yield match.start(), match.end(), _read(Kind.DOMAIN, match[0])


def _read(kind: Kind, text: str) -> list[Read]:
    try:
        return [Read(kind, normalise(kind, text))]
    except UsageError:
        return []
