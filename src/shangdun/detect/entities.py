"""Whom an event is about: account, address, order … read from its columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from shangdun.detect.finding import Entity
from shangdun.detect.nobody import NOBODY
from shangdun.detect.pipelines import column_of
from shangdun.detect.rule import AnyRule, CorrelationRule
from shangdun.detect.value import text_of

DEFAULTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "address": (
            "src_endpoint.ip",
            "c-ip",
            "src_ip",
            "SourceIp",
            "IpAddress",
            "sourceIPAddress",
        ),
        "account": ("user.name", "cs-username", "User", "TargetUserName", "SubjectUserName"),
        "session": ("session.uid",),
        "card": ("card.fingerprint",),
        "order": ("order.uid",),
        "coupon": ("coupon.code",),
        "device": ("device.uid",),
        "product": ("product.uid",),
        "host": ("device.hostname", "Computer", "ComputerName", "hostname"),
    }
)
"""Kind → columns, the first that has a value counts; the order is that of importance."""

USER_TYPE = "user.type"
STAFF = frozenset({"staff", "admin"})
MOST_LETTERS = 256


def entity_columns() -> frozenset[str]:
    """Every column that entities are read from by default."""
    return frozenset({USER_TYPE}.union(*DEFAULTS.values()))


def entity_fields(rule: AnyRule) -> Mapping[str, tuple[str, ...]]:
    """Kind → fields to look at, for events that a rule matched; the first kind is the main one."""
    named = rule.content.entities
    return {kind: (field,) for kind, field in named.items()} if named else DEFAULTS


def columns_for(rule: AnyRule, columns: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Kinds with the columns of a frame that answer for them, in the rule's order."""
    found = []
    for kind, fields in entity_fields(rule).items():
        names = tuple(name for field in fields if (name := column_of(field, columns)) is not None)
        if names:
            found.append((kind, names))
    return found


def entities_in(
    event: Mapping[str, Any], kinds: Iterable[tuple[str, tuple[str, ...]]]
) -> list[Entity]:
    """The entities of one event; an account that is staff is of kind ``staff``."""
    entities = []
    for kind, names in kinds:
        text = next((text for name in names if (text := _text(event.get(name)))), "")
        if text:
            entities.append(Entity(_kind(kind, event), text))
    return entities


def _text(value: Any) -> str:  # noqa: ANN401  anything an event can hold
    while isinstance(value, list):
        value = value[0] if value else None
    text = "" if value is None else text_of(value)[:MOST_LETTERS]
    return "" if text in NOBODY else text


def _kind(kind: str, event: Mapping[str, Any]) -> str:
    return "staff" if kind == "account" and event.get(USER_TYPE) in STAFF else kind


def group_entities(rule: CorrelationRule, group: Mapping[str, str]) -> list[Entity]:
    """The entities that the group of a correlation names."""
    kinds = {field: kind for kind, fields in entity_fields(rule).items() for field in fields}
    for kind, fields in DEFAULTS.items():
        for field in fields:
            kinds.setdefault(field, kind)
    for field in group:
        mapped = column_of(field, kinds)
        if field not in kinds and mapped is not None:
            kinds[field] = kinds[mapped]
    return [
        Entity(kinds[field], value[:MOST_LETTERS])
        for field, value in group.items()
        if field in kinds and value
    ]
