"""The query language's meaning in plain Python, one event at a time: obvious and slow.

Also the way back from a predicate to a query's text, so that both directions are tried.
"""

from __future__ import annotations

import ipaddress
import json
import operator
import re
from typing import Any

from shangdun.lake.query.fields import TEXT_COLUMNS, UNMAPPED, kind_of
from shangdun.lake.query.predicate import (
    ONE,
    All,
    Compare,
    Either,
    Equals,
    Like,
    Not,
    Predicate,
    Present,
    Text,
    Within,
)
from shangdun.lake.schema import Kind

Event = dict[str, Any]
ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def holds(asked: Predicate, event: Event) -> bool:
    match asked:
        case All(parts):
            return all(holds(part, event) for part in parts)
        case Either(parts):
            return any(holds(part, event) for part in parts)
        case Not(part):
            return not holds(part, event)
        case Text(parts):
            texts = [event.get(name) for name in TEXT_COLUMNS]
            wanted = expression(tuple(part.lower() for part in parts))
            return any(re.search(wanted, t.lower(), re.DOTALL) for t in texts if t is not None)
    found = value(event, asked.field)
    return found is not None and of_value(asked, found)


def of_value(asked: Predicate, found: Any) -> bool:
    match asked:
        case Present():
            return True
        case Equals(_, wanted):
            return bool(found == wanted)
        case Compare(field, sign, wanted):
            if field.startswith(UNMAPPED) and is_number(wanted):
                return is_number(found) and ORDER[sign](float(found), float(wanted))
            return bool(ORDER[sign](found, wanted))
        case Like(_, parts):
            return re.fullmatch(expression(parts), str(found), re.DOTALL) is not None
        case Within(_, network):
            return inside(found, network)
    raise AssertionError(asked)


def value(event: Event, field: str) -> Any:
    if field.startswith(UNMAPPED):
        found = json.loads(event.get("unmapped") or "{}").get(field.removeprefix(UNMAPPED))
        return found if found is None or isinstance(found, str) else json.dumps(found)
    return event.get(field)


def is_number(text: Any) -> bool:
    return re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", str(text)) is not None


def inside(text: str, network: Any) -> bool:
    try:
        return ipaddress.ip_address(text) in network
    except ValueError:
        return False


def expression(parts: tuple[str, ...]) -> str:
    return ".*".join(".".join(re.escape(p) for p in part.split(ONE)) for part in parts)


def written(asked: Predicate) -> str:
    """A query that means this."""
    match asked:
        case All(parts):
            return "(" + " and ".join(map(written, parts)) + ")" if parts else ""
        case Either(parts):
            return "(" + " or ".join(map(written, parts)) + ")"
        case Not(part):
            return f"not {written(part)}"
        case Text(parts):
            return escaped_pattern(parts)
        case Present(field):
            return f"{field}:*"
        case Within(field, network):
            return f"{field}:{network}"
        case Like(field, parts):
            return f"{field}:{escaped_pattern(parts)}"
        case Compare(field, sign, wanted):
            return f"{field}:{sign}{quoted(wanted)}"
        case Equals(field, wanted):
            plain = kind_of(field) not in (Kind.STRING, Kind.JSON)
            return f"{field}:{str(wanted).lower() if plain else quoted(wanted)}"
    raise AssertionError(asked)


def quoted(wanted: Any) -> str:
    text = str(wanted).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def escaped_pattern(parts: tuple[str, ...]) -> str:
    """Every letter after a backslash, so that no letter means anything else."""
    return "*".join("".join("?" if c == ONE else f"\\{c}" for c in part) for part in parts)
