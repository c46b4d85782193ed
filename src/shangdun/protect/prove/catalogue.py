"""Which measures there are to prove, and with which requests: read from ``content/proof``."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from shangdun.kernel.errors import ShangdunError
from shangdun.protect.prove.settings import ProofConfig

ODD_NAME = "shangdun_proof"
"""A parameter that no shop reads."""
_TYPES = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "xml": "application/xml",
    "": "",
}


class MeasureKind(StrEnum):
    """What has to happen for a measure to work."""

    ATTACK = "attack"
    """Every request is stopped, and seen."""
    BEHAVIOUR = "behaviour"
    """A request too many is stopped, and seen."""
    DOOR = "door"
    """Every request is refused."""
    HEADER = "header"
    """The answer carries it."""
    JOURNEY = "journey"
    """Every request is served."""


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """One request to send."""

    method: str
    target: str
    headers: dict[str, str] = {}
    body: str = ""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that protects the shop, with what proves it."""

    uid: str
    kind: MeasureKind
    title: dict[str, str]
    """By language, ``zh`` and ``en``."""
    canaries: tuple[Canary, ...] = ()
    name: str = ""
    """Of a header, in lower case."""
    value: str = ""
    instead: str = ""
    """Another header that does the same."""


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    text = (files("shangdun") / "content" / "proof" / "measures.yml").read_text("utf-8")
    document = yaml.safe_load(text)
    if not isinstance(document, dict):
        raise ShangdunError("the catalogue of measures is no mapping", code="proof.catalogue")
    return document


def measures(proof: ProofConfig, *, https: bool) -> list[Measure]:
    """Every measure that applies to this shop, in the order of the catalogue."""
    document = _document()
    found = [
        _measure(raw, MeasureKind.ATTACK, raw["requests"], proof) for raw in document["attacks"]
    ]
    for raw in document["behaviours"]:
        if _applies(raw["request"], proof):
            many = [_numbered(raw["request"], number) for number in range(raw["times"])]
            found.append(_measure(raw, MeasureKind.BEHAVIOUR, many, proof))
    found += [_measure(raw, MeasureKind.DOOR, raw["requests"], proof) for raw in document["doors"]]
    found += [
        msgspec.structs.replace(
            _measure(raw, MeasureKind.HEADER, ["GET /"], proof),
            name=raw["name"],
            value=raw.get("value", ""),
            instead=raw.get("instead", ""),
        )
        for raw in document["headers"]
        if https or raw.get("only") != "https"
    ]
    journeys = [
        _measure(raw, MeasureKind.JOURNEY, raw["requests"], proof) for raw in document["journeys"]
    ]
    return journeys + found


def _measure(
    raw: dict[str, Any], kind: MeasureKind, requests: list[Any], proof: ProofConfig
) -> Measure:
    canaries = tuple(_canary(request, proof) for request in requests)
    return Measure(uid=raw["id"], kind=kind, title=raw["title"], canaries=canaries)


def _applies(request: dict[str, Any], proof: ProofConfig) -> bool:
    return bool(proof.coupon) or "{coupon}" not in request["target"]


def _numbered(request: dict[str, Any], number: int) -> dict[str, Any]:
    return {**request, "body": request["body"].replace("{number}", str(number))}


def _canary(raw: str | dict[str, Any], proof: ProofConfig) -> Canary:
    """``{…}`` is replaced by name alone: bodies are full of braces of their own."""
    if isinstance(raw, str):
        method, _, target = raw.partition(" ")
        raw = {"method": method, "target": target}
    routes = {"odd": ODD_NAME, "search": proof.search, "login": proof.login, "coupon": proof.coupon}

    def filled(text: str) -> str:
        for name, value in routes.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    headers = {name: filled(value) for name, value in raw.get("headers", {}).items()}
    if kind := _TYPES[raw.get("type", "")]:
        headers["Content-Type"] = kind
    return Canary(
        method=raw["method"],
        target=filled(raw["target"]),
        headers=headers,
        body=filled(raw.get("body", "")),
    )
