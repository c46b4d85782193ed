"""Indicators as STIX 2.1 (OASIS Standard, 10 June 2021), and as rows for a spreadsheet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from shangdun.respond.indicators.kinds import HASHES, Kind, Tlp

NAMESPACE = uuid.UUID("5f0c3f5e-3d2c-4f0e-9a57-6f2f3f1f7b52")
"""Ours: the same indicator of the same incident has the same id in every export, so that whoever
takes it in again updates it. STIX recommends UUIDv4 (2.9), and allows others."""
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_MARKINGS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
"""As OASIS published them for TLP 2.0 (cti-stix-common-objects)."""
_TLP_CREATED = "2022-10-01T00:00:00.000Z"


class Sharable(msgspec.Struct, kw_only=True, frozen=True):
    """One indicator as it is exchanged; moments are aware."""

    kind: Kind
    value: str
    confidence: int
    tlp: Tlp
    source: str
    note: str
    added_at: datetime
    first_seen: datetime | None = None
    last_seen: datetime | None = None


def bundle(
    indicators: Sequence[Sharable], *, company: str, incident: str, now: datetime
) -> dict[str, Any]:
    """A bundle: who made it, the markings it uses, one ``indicator`` object for each.

    ``incident`` is a stable name of the incident, part of the ids.
    """
    maker = _identity(company, now)
    used = sorted({one.tlp for one in indicators}, key=list(Tlp).index)
    objects = [maker, *(_marking(tlp) for tlp in used)]
    objects += [_indicator(one, incident, maker["id"]) for one in indicators]
    return {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}


def pattern(kind: Kind, value: str) -> str:
    """The STIX pattern (9) that matches the value."""
    text = _quoted(value)
    if kind is Kind.HASH:
        return f"[file:hashes.'{HASHES[len(value)]}' = {text}]"
    address = "ipv6-addr" if ":" in value else "ipv4-addr"
    return {
        Kind.IP: f"[{address}:value = {text}]",
        Kind.RANGE: f"[{address}:value ISSUBSET {text}]",
        Kind.DOMAIN: f"[domain-name:value = {text}]",
        Kind.URL: f"[url:value = {text}]",
        Kind.EMAIL: f"[email-addr:value = {text}]",
        Kind.ACCOUNT: f"[user-account:account_login = {text}]",
        Kind.USER_AGENT: (
            f"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = {text}]"
        ),
    }[kind]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _identity(company: str, now: datetime) -> dict[str, Any]:
    name = company or "ShangDun"
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{uuid.uuid5(NAMESPACE, name)}",
        "created": _moment(now),
        "modified": _moment(now),
        "name": name,
        "identity_class": "organization",
    }


def _marking(tlp: Tlp) -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_MARKINGS[tlp],
        "created": _TLP_CREATED,
        "name": f"TLP:{tlp.upper()}",
        "extensions": {
            TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": str(tlp)}
        },
    }


def _indicator(one: Sharable, incident: str, maker: str) -> dict[str, Any]:
    named = uuid.uuid5(NAMESPACE, f"{incident}\n{one.kind}\n{one.value}")
    made = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{named}",
        "created_by_ref": maker,
        "created": _moment(one.added_at),
        "modified": _moment(max(one.last_seen or one.added_at, one.added_at)),
        "name": one.value[:250],
        "description": one.note or one.source,
        "indicator_types": ["malicious-activity"],
        "pattern": pattern(one.kind, one.value),
        "pattern_type": "stix",
        "valid_from": _moment(one.first_seen or one.added_at),
        "confidence": one.confidence,
        "object_marking_refs": [TLP_MARKINGS[one.tlp]],
    }
    return {key: value for key, value in made.items() if value != ""}


def _moment(moment: datetime) -> str:
    """A STIX timestamp: RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
