"""A shop's business events: our OCSF extension ``ecommerce`` and the account classes of OCSF.

The shop writes these for us, so a value of the wrong type is a fault in the shop's code: the
line becomes a dead letter that says which field is wrong, instead of an event with a hole in it.
"""

from __future__ import annotations

from shangdun.lake.block import Block, Parsed
from shangdun.lake.classes import CLASSES
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import Flat, Scalar, Unreadable, flatten, load_object
from shangdun.lake.schema import FIELD_BY_NAME, Kind

_NEEDED = ("class_uid", "activity_id", "time")
_ACCOUNT_CLASSES = frozenset({3001, 3002})

_WHOLE = (int,), "a whole number"
_ALLOWED: dict[Kind, tuple[tuple[type, ...], str]] = {
    Kind.STRING: ((str,), "text"),
    Kind.JSON: ((str,), "text"),
    Kind.INTEGER: _WHOLE,
    Kind.LONG: _WHOLE,
    Kind.MILLIS: ((int,), "whole milliseconds since 1970 UTC"),
    Kind.UINT: _WHOLE,
    Kind.ULONG: _WHOLE,
    Kind.FLOAT: ((int, float), "a number"),
    Kind.BOOLEAN: ((bool,), "true or false"),
    Kind.DATE: ((str,), "a date"),
}
_LIMITS = {Kind.INTEGER: 1 << 31, Kind.UINT: 1 << 32}


class ShopReader(Reader):
    """Strict on types; attributes that the schema does not have are kept as ``unmapped``."""

    name = "shop"
    title = "Business events of the shop"
    precedence = 20

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        return read_records(block, fields, read_event, name=self.name)

    def claims(self, parsed: Parsed) -> bool:
        """Logins alone may come from anywhere; an order or a payment comes from a shop."""
        return any(CLASSES[uid].ours for uid in parsed.events["class_uid"].unique())


def read_event(line: bytes) -> Flat:
    """One business event, flat and typed. Raises ``Unreadable`` naming the field at fault."""
    event = flatten(load_object(line))
    for name in _NEEDED:
        if name not in event:
            raise Unreadable(f"has no {name}")
    for name, value in event.items():
        event[name] = _checked(name, value)
    class_uid = int(event["class_uid"])
    known = CLASSES.get(class_uid)
    if known is None or not (known.ours or class_uid in _ACCOUNT_CLASSES):
        raise Unreadable(f"class_uid {class_uid} is no business event")
    if event["activity_id"] not in known.activities:
        raise Unreadable(f"activity_id {event['activity_id']} is unknown to {known.name}")
    return event


def _checked(name: str, value: Scalar) -> Scalar:
    field = FIELD_BY_NAME.get(name)
    if field is None:
        return value
    types, wanted = _ALLOWED[field.kind]
    if type(value) not in types:
        raise Unreadable(f"{name} is {value!r:.60}, but must be {wanted}")
    if isinstance(value, int) and abs(value) >= _LIMITS.get(field.kind, 1 << 63):
        raise Unreadable(f"{name} is {value}, which is out of range")
    return float(value) if field.kind is Kind.FLOAT else value


READER = ShopReader
