"""What machine a host name or any spelling of an address means to the one who connects to it."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import NamedTuple, Union


class Host(NamedTuple):
    """A host as it is reached."""

    kind: str
    """metadata, loopback, private, unspecified, internal, collector, or empty: a public one."""
    disguised: bool
    """It is written so that a comparison of texts misses it."""
    named: bool
    """A public name that resolves to an address standing in it, or to changing ones."""


PUBLIC = Host("", disguised=False, named=False)

_METADATA = frozenset(
    {
        "169.254.169.254",  # AWS, Azure, GCP, OpenStack, DigitalOcean
        "169.254.170.2",  # AWS ECS credentials
        "169.254.169.123",
        "100.100.100.200",  # Alibaba Cloud
        "192.0.0.192",  # Oracle Cloud
        "168.63.129.16",  # Azure's wire server
        "fd00:ec2::254",  # AWS, IPv6
        "fd20:ce::254",  # GCP, IPv6
    }
)
_METADATA_NAMES = frozenset(
    {"metadata.google.internal", "metadata.goog", "metadata", "instance-data", "metadata.azure.com",
     "metadata.tencentyun.com", "metadata.packet.net", "instance-data.ec2.internal"}
)  # fmt: skip
_LOCAL_NAMES = re.compile(
    r"(?:localhost|.{1,60}\.localhost|localhost\.localdomain|ip6-localhost|loopback"
    r"|(?:.{1,60}\.)?(?:localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|127-0-0-1\.org\.uk|yoogle\.com))$"
)
_INTERNAL_NAMES = re.compile(
    r"(?:kubernetes(?:\.default(?:\.svc(?:\.cluster\.local)?)?)?|(?:host|gateway)\.docker\.internal"
    r"|.{1,100}\.svc(?:\.cluster\.local)?|.{1,100}\.(?:consul|internal|intranet|corp|lan))$"
)
_NAMED_ADDRESS = re.compile(
    r"(?:.{0,100}[.-])?(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})"
    r"\.(?:nip\.io|sslip\.io|xip\.io|traefik\.me|ip\.dns0x\.net|backname\.io)$"
)
_NAMED_HEX = re.compile(
    r"(?:.{0,100}\.)?([0-9a-f]{8})\.(?:nip\.io|rbndr\.us)$|.{0,120}\.rbndr\.us$"
)
_REBINDS = re.compile(r".{1,160}\.(?:1u\.ms|rebind\.network|rebind\.it|requestrepo\.com)$")
_COLLECTORS = re.compile(
    r"(?:.{1,160}\.)?(?:burpcollaborator\.net|oastify\.com|oast\.(?:pro|live|site|online|fun|me)"
    r"|interact\.sh|interactsh\.com|dnslog\.(?:cn|link)|ceye\.io|bxss\.(?:me|in)|canarytokens\.com"
    r"|webhook\.site|requestbin\.(?:com|net)|pipedream\.net|eyes\.sh|dns\.outbound\.watch)$"
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]{0,16}|\d{1,20})$")
_Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


def host_of(written: str) -> Host:
    """The host that ``written`` (without port and brackets of IPv6 kept) leads to."""
    name = written.strip().lower().rstrip(".")
    folded = name
    if not name.isascii():
        folded = unicodedata.normalize("NFKC", name).replace("\u3002", ".").rstrip(".")
    address, plain = _address(folded)
    disguised = folded != name or not plain
    if address is not None:
        kind = _kind(address)
        return Host(kind, disguised and bool(kind), named=False)
    return _by_name(folded, disguised=folded != name)


def _address(name: str) -> tuple[_Address | None, bool]:
    """The address in any spelling that inet_aton(3) and RFC 4291 take, and whether it is plain."""
    if name[:1] == "[":
        try:
            six = ipaddress.IPv6Address(name.strip("[]").partition("%")[0])
        except ValueError:
            return None, True
        four = six.ipv4_mapped or six.sixtofour or _translated(six)
        return (four, False) if four is not None else (six, len(name) < 22)
    parts = name.split(".")
    if len(parts) > 4 or not all(_NUMBER.match(part) for part in parts):
        return None, True
    numbers = [_number(part) for part in parts]
    last = numbers.pop()
    if None in numbers or last is None:
        return None, True
    whole = sum(((number or 0) & 255) << (24 - 8 * at) for at, number in enumerate(numbers))
    value = (whole + last) & 0xFFFFFFFF
    address = ipaddress.IPv4Address(value)
    return address, str(address) == name


def _translated(six: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """An IPv4 address inside ``::a.b.c.d`` or ``64:ff9b::/96`` (RFC 6052)."""
    value = int(six)
    if value >> 32 in {0, 0x64FF9B << 64} and value & 0xFFFFFFFF > 1:
        return ipaddress.IPv4Address(value & 0xFFFFFFFF)
    return None


def _number(part: str) -> int | None:
    try:
        if part.startswith("0x"):
            return int(part[2:] or "0", 16)
        return int(part, 8) if len(part) > 1 and part[0] == "0" else int(part)
    except ValueError:
        return None


def _kind(address: _Address) -> str:
    if str(address) in _METADATA:
        return "metadata"
    if address.is_loopback:
        return "loopback"
    if address.is_unspecified or int(address) >> 24 == 0:
        return "unspecified"
    return "private" if address.is_private or address.is_link_local else ""


def _by_name(name: str, *, disguised: bool) -> Host:
    if name in _METADATA_NAMES:
        return Host("metadata", disguised, named=False)
    if _LOCAL_NAMES.match(name):
        return Host("loopback", disguised, named=not name.startswith("localhost"))
    if "." not in name and name != "kubernetes":
        return PUBLIC
    if _INTERNAL_NAMES.match(name):
        return Host("internal", disguised, named=False)
    if _COLLECTORS.match(name):
        return Host("collector", disguised, named=False)
    return _resolving(name)


def _resolving(name: str) -> Host:
    """Names that carry the address they resolve to."""
    dotted = _NAMED_ADDRESS.match(name)
    if dotted is not None:
        address, _ = _address(".".join(str(int(part)) for part in dotted.groups()))
        return Host(_kind(address) if address is not None else "", disguised=False, named=True)
    hexed = _NAMED_HEX.match(name)
    if hexed is not None and hexed.group(1):
        address, _ = _address(f"0x{hexed.group(1)}")
        return Host(_kind(address) if address is not None else "", disguised=False, named=True)
    rebinds = hexed is not None or _REBINDS.match(name) is not None
    return Host("loopback" if rebinds else "", disguised=False, named=rebinds)
