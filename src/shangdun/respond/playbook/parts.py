"""The shape of agents, targets, sign-in data and markings (CACAO sections 6 to 8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shangdun.respond.playbook.shape import (
    IDENTIFIER,
    Extensions,
    Identifier,
    References,
    Texts,
    Timestamp,
    Word,
    Wrong,
    problems_of,
)

_REGIONS = (
    "africa", "eastern-africa", "middle-africa", "northern-africa", "southern-africa",
    "western-africa", "americas", "caribbean", "central-america", "latin-america-caribbean",
    "northern-america", "south-america", "asia", "central-asia", "eastern-asia", "southern-asia",
    "south-eastern-asia", "western-asia", "europe", "eastern-europe", "northern-europe",
    "southern-europe", "western-europe", "oceania", "antarctica", "australia-new-zealand",
    "melanesia", "micronesia", "polynesia",
)  # fmt: skip


class CivicLocation(Struct, kw_only=True):
    """10.3."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    building_details: str | UnsetType = UNSET
    network_details: str | UnsetType = UNSET
    region: Annotated[str, Meta(pattern=rf"^({'|'.join(_REGIONS)})\Z")] | UnsetType = UNSET
    country: str | UnsetType = UNSET
    administrative_area: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    street_address: str | UnsetType = UNSET
    postal_code: str | UnsetType = UNSET
    latitude: str | UnsetType = UNSET
    longitude: str | UnsetType = UNSET
    precision: str | UnsetType = UNSET


class Contact(Struct, kw_only=True):
    """10.4."""

    email: dict[Word, str] | UnsetType = UNSET
    phone: dict[Word, str] | UnsetType = UNSET
    contact_details: str | UnsetType = UNSET


class Party(Struct, kw_only=True):
    """7.1: an agent or target of any kind."""

    type: str
    name: str
    description: str | UnsetType = UNSET
    location: CivicLocation | UnsetType = UNSET
    agent_target_extensions: Extensions | UnsetType = UNSET


class Person(Party, kw_only=True):
    """Group, individual, organisation."""

    contact: Contact | UnsetType = UNSET


class Place(Party, kw_only=True):
    """A location, by its logical names."""

    logical: Texts | UnsetType = UNSET


class Sector(Party, kw_only=True):
    """An industry sector."""

    sector: str


class Category(Party, kw_only=True):
    """A category of security equipment."""

    category: Texts


class Addresses(Struct, kw_only=True):
    """10.12 Network address types; the texts are looked at by ``_addresses``."""

    url: list[str] | UnsetType = UNSET
    l2mac: list[str] | UnsetType = UNSET
    ipv4: list[str] | UnsetType = UNSET
    ipv6: list[str] | UnsetType = UNSET
    vlan: list[Annotated[int, Meta(ge=0, le=4095)]] | UnsetType = UNSET
    dname: list[str] | UnsetType = UNSET


class Machine(Party, kw_only=True):
    """HTTP API, Linux, network address, SSH."""

    address: Addresses
    port: str | UnsetType = UNSET
    authentication_info: Identifier | UnsetType = UNSET
    category: Texts | UnsetType = UNSET


PARTIES: Mapping[str, type[Party]] = {
    "group": Person,
    "individual": Person,
    "organization": Person,
    "location": Place,
    "sector": Sector,
    "security-category": Category,
    "http-api": Machine,
    "linux": Machine,
    "net-address": Machine,
    "ssh": Machine,
}


class SignIn(Struct, kw_only=True):
    """6.1."""

    type: str
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    authentication_info_extensions: Extensions | UnsetType = UNSET
    kms: bool | UnsetType = UNSET
    kms_key_identifier: str | UnsetType = UNSET


class HttpBasic(SignIn, kw_only=True):
    """Basic authentication, by variables."""

    user_id: str | UnsetType = UNSET
    password: str | UnsetType = UNSET


class OAuth2(SignIn, kw_only=True):
    """OAuth 2.0, by variables."""

    oauth_header: str
    token: str


class UserAuth(SignIn, kw_only=True):
    """A user name with its password or key, by variables."""

    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET


SIGN_INS: Mapping[str, type[SignIn]] = {
    "http-basic": HttpBasic,
    "oauth2": OAuth2,
    "user-auth": UserAuth,
}


class Marking(Struct, kw_only=True):
    """8.1."""

    type: str
    id: Identifier
    created_by: Identifier
    created: Timestamp
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    revoked: bool | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    valid_until: Timestamp | UnsetType = UNSET
    labels: Texts | UnsetType = UNSET
    external_references: References | UnsetType = UNSET
    marking_extensions: Extensions | UnsetType = UNSET


class Statement(Marking, kw_only=True):
    """A marking in words."""

    statement: str


class Tlp(Marking, kw_only=True):
    """A marking of the Traffic Light Protocol 2.0."""

    tlpv2_level: Literal["TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR"]


class Iep(Marking, kw_only=True):
    """8.4; its references are texts in the published schema, which contradicts 8.1: none passes."""

    name: str
    description: str
    tlp: str
    iep_version: int
    start_date: Timestamp
    end_date: Timestamp | None
    encrypt_in_transit: str
    permitted_actions: str
    affected_party_notifications: str
    attribution: str
    unmodified_resale: str


MARKINGS: Mapping[str, type[Marking]] = {
    "marking-statement": Statement,
    "marking-tlp": Tlp,
    "marking-iep": Iep,
}
_URL = re.compile(r"[A-Za-z0-9@:%._+~#=/()?]{2,256}\.[a-z]{2,6}\b")
_MAC = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}\Z")
_TABLES: tuple[tuple[str, Mapping[str, type[Struct]]], ...] = (
    ("agent_definitions", PARTIES),
    ("target_definitions", PARTIES),
    ("authentication_info_definitions", SIGN_INS),
    ("data_marking_definitions", MARKINGS),
)


def part_problems(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """What is wrong with definitions; one of a type that CACAO does not know is left alone."""
    for place, shapes in _TABLES:
        definitions = document.get(place)
        if not isinstance(definitions, Mapping):
            continue
        for identifier, part in definitions.items():
            yield from _part(str(identifier), part, shapes, f"$.{place}.{identifier}")


def _part(
    identifier: str, part: object, shapes: Mapping[str, type[Struct]], path: str
) -> Iterator[Wrong]:
    kind = identifier.partition("--")[0]
    if not IDENTIFIER.match(identifier):
        yield Wrong(path, "an identifier is TYPE--UUID")
    elif kind in shapes:
        yield from problems_of(part, shapes[kind], path)
        if isinstance(part, Mapping):
            if part.get("type") != kind:
                yield Wrong(f"{path}.type", f"the type is that of the identifier: {kind}")
            yield from _addresses(part.get("address"), f"{path}.address")


def _addresses(address: object, path: str) -> Iterator[Wrong]:
    if not isinstance(address, Mapping):
        return
    for name, holds in (("url", _is_url), ("l2mac", _is_mac), ("ipv4", _is_v4), ("ipv6", _is_v6)):
        values = address.get(name, ())
        for number, value in enumerate(values if isinstance(values, list) else ()):
            if isinstance(value, str) and not holds(value):
                yield Wrong(f"{path}.{name}[{number}]", f"this is no {name}")


def _is_url(value: str) -> bool:
    return _URL.search(value) is not None


def _is_mac(value: str) -> bool:
    return _MAC.match(value) is not None


def _is_v4(value: str) -> bool:
    try:
        return bool(IPv4Address(value))
    except ValueError:
        return False


def _is_v6(value: str) -> bool:
    try:
        return bool(IPv6Address(value))
    except ValueError:
        return False
