"""What an indicator can be, its one spelling, and the spelling that nobody can click."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from enum import StrEnum

from shangdun.kernel.errors import UsageError

LONGEST = 2000


class Kind(StrEnum):
    """Kinds of indicators that a shop's incidents have."""

    IP = "ip"
    RANGE = "range"
    DOMAIN = "domain"
    URL = "url"
    HASH = "hash"
    EMAIL = "email"
    ACCOUNT = "account"
    USER_AGENT = "user_agent"


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, 2022)."""

    RED = "red"
    AMBER_STRICT = "amber+strict"
    AMBER = "amber"
    GREEN = "green"
    CLEAR = "clear"


HASHES = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}
"""Hex digits → the name of STIX 2.1's ``hash-algorithm-ov``."""
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}})")
_URL = re.compile(r"(https?|ftp)://([^/?#\s]+)([^\s]*)", re.IGNORECASE)
_EMAIL = re.compile(r"([^\s@<>\"]{1,64})@([^\s@]+)")


def refang(text: str) -> str:
    """Defanged text as it was: ``hxxps://a[.]example`` is ``https://a.example``."""
    for pattern, plain in _REFANG:
        text = pattern.sub(plain, text)
    return text


_REFANG = (
    (re.compile(r"\bh(?:xx|tt|XX)p(s?)(?=\s?(?:\[:\]|:|\[:?//\]))", re.IGNORECASE), r"http\1"),
    (re.compile(r"\bfxp(?=://|\[:\])", re.IGNORECASE), "ftp"),
    (re.compile(r"\[://\]"), "://"),
    (re.compile(r"\[:\]"), ":"),
    (re.compile(r"\s?[\[({]\s?(?:\.|dot|点)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"\\\."), "."),
    (re.compile(r"\s?[\[({]\s?(?:@|at)\s?[\])}]\s?", re.IGNORECASE), "@"),
    (re.compile(r"\[/\]"), "/"),
)


def defang(kind: Kind, value: str) -> str:
    """The value so that no program makes a link of it; ``refang`` gives it back."""
    if kind in {Kind.IP, Kind.RANGE, Kind.DOMAIN}:
        return value.replace(".", "[.]").replace(":", "[:]")
    if kind is Kind.EMAIL:
        local, _, domain = value.rpartition("@")
        return f"{local}[@]{domain.replace('.', '[.]')}"
    match = _URL.fullmatch(value) if kind is Kind.URL else None
    if match is None:
        return value
    scheme = {"http": "hxxp", "https": "hxxps", "ftp": "fxp"}[match[1].lower()]
    return f"{scheme}://{match[2].replace('.', '[.]')}{match[3]}"


def normalise(kind: Kind, text: str) -> str:
    """The one spelling of a value, refanged where its kind is.

    Raises ``UsageError`` (``indicator.value``) for what is no value of that kind.
    """
    given = text.strip()
    if kind not in {Kind.ACCOUNT, Kind.USER_AGENT, Kind.HASH}:
        given = refang(given)
    try:
        value = _NORMAL[kind](given)
    except ValueError:
        value = ""
    if not value or len(value) > LONGEST or not value.isprintable():
        raise UsageError(
            f"this is no {kind}", code="indicator.value", where=text[:100],
            fix="correct it, or choose another kind",
        )  # fmt: skip
    return value


def _ip(text: str) -> str:
    return str(ipaddress.ip_address(text.strip("[]")))


def _range(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False)) if "/" in text else ""


def domain_of(text: str) -> str:
    """A host name in lower case and ASCII (IDNA); empty for what is none."""
    name = text.strip().rstrip(".").lower()
    if not name.isascii():
        name = name.encode("idna").decode()
    return name if len(name) <= 253 and _DOMAIN.fullmatch(name) else ""


def _url(text: str) -> str:
    match = _URL.fullmatch(text)
    if match is None:
        return ""
    login, at, place = match[2].rpartition("@")
    host, _, port = place.partition(":") if not place.startswith("[") else (place, "", "")
    if port and not (port.isdecimal() and int(port) < 65_536):
        return ""
    named = _host(host)
    ending = f":{port}" if port else ""
    return f"{match[1].lower()}://{login}{at}{named}{ending}{match[3]}" if named else ""


def _host(host: str) -> str:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return domain_of(host) or (host.lower() if re.fullmatch(r"[\w-]{1,63}", host) else "")
    return f"[{address}]" if address.version == 6 else str(address)


def _hash(text: str) -> str:
    value = text.lower()
    return value if len(value) in HASHES and set(value) <= set("0123456789abcdef") else ""


def _email(text: str) -> str:
    match = _EMAIL.fullmatch(text)
    domain = domain_of(match[2]) if match else ""
    return f"{match[1]}@{domain}" if match and domain else ""


_NORMAL: dict[Kind, Callable[[str], str]] = {
    Kind.IP: _ip,
    Kind.RANGE: _range,
    Kind.DOMAIN: domain_of,
    Kind.URL: _url,
    Kind.HASH: _hash,
    Kind.EMAIL: _email,
    Kind.ACCOUNT: lambda text: text,
    Kind.USER_AGENT: lambda text: text,
}
