"""Windows events exported as JSON lines, under the names that Sigma rules use.

Understood are ``Event.System`` and ``Event.EventData`` as XML converters write them (attributes
under ``#attributes`` or with ``@``), Winlogbeat's ``winlog``, and events that are already flat.
"""

from __future__ import annotations

from typing import Any

from shangdun.lake.block import Block, Parsed
from shangdun.lake.parse._json_spread import is_spread, read_spread, spread_boundary
from shangdun.lake.parse._json_time import TIME_NAMES
from shangdun.lake.parse._moment import read_moment
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import Flat, Unreadable, flatten, load_object

_TEXT = ("#text", "Value", "$")
_ATTRIBUTES = ("#attributes", "@attributes")


class WindowsReader(Reader):
    """Fields of ``System`` and ``EventData`` side by side, such as ``EventID`` and ``Image``."""

    name = "windows"
    title = "Windows events (JSON)"
    precedence = 25

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        read = read_spread if is_spread(block.data) else read_records
        return read(block, fields, self._read, name=self.name)

    def boundary(self, data: bytes) -> int:
        """Behind a line, or behind an object where they are not one a line."""
        return spread_boundary(data)

    def _read(self, line: bytes) -> Flat:
        event = flatten(_native(load_object(line)))
        if "EventID" not in event:
            raise Unreadable("has no EventID: not a Windows event")
        event["EventID"] = _whole(event["EventID"])
        event.setdefault("product", "windows")
        times = (read_moment(event[name], self.zone) for name in TIME_NAMES if name in event)
        moment = next((time for time in times if time is not None), None)
        if moment is not None:
            event["time"] = moment
        return event


def _native(document: dict[str, Any]) -> dict[str, Any]:
    event = document.get("Event")
    if isinstance(event, dict):
        return _fields(event.get("System")) | _data(event.get("EventData")) | _user_data(event)
    winlog = document.get("winlog")
    if isinstance(winlog, dict):
        return _winlogbeat(document, winlog)
    return document


def _fields(system: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """``System``: an element's text under its name, its attributes as ``Element_Attribute``."""
    fields: dict[str, Any] = {}
    for name, value in (system if isinstance(system, dict) else {}).items():
        if name.startswith("xmlns") or name in _ATTRIBUTES:
            continue
        if not isinstance(value, dict):
            fields[name.removesuffix("_attributes")] = value
            continue
        attributes = _attributes(value)
        for attribute, text in attributes.items():
            fields[f"{name}_{attribute}"] = text
        if (text := _text(value)) is not None:
            fields[name] = text
    fields["TimeCreated"] = fields.get("TimeCreated_SystemTime", fields.get("TimeCreated"))
    return fields


def _attributes(element: dict[str, Any]) -> dict[str, Any]:
    for name in _ATTRIBUTES:
        if isinstance(element.get(name), dict):
            return dict(element[name])
    return {key.removeprefix("@"): value for key, value in element.items() if key not in _TEXT}


def _text(element: dict[str, Any]) -> Any:  # noqa: ANN401  any JSON value
    return next((element[name] for name in _TEXT if name in element), None)


def _data(data: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    if not isinstance(data, dict):
        return {}
    entries = data.get("Data")
    named = {name: value for name, value in data.items() if name not in {"Data", *_ATTRIBUTES}}
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        return named if entries is None else named | {"Data": entries}
    unnamed = []
    for entry in entries:
        label = _attributes(entry).get("Name") if isinstance(entry, dict) else None
        if label is not None:
            named[str(label)] = _text(entry)
        else:
            unnamed.append(entry)
    return named | {"Data": unnamed} if unnamed else named


def _user_data(event: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    data = event.get("UserData")
    for section in data.values() if isinstance(data, dict) else ():
        if isinstance(section, dict):
            fields |= {name: value for name, value in section.items() if name not in _ATTRIBUTES}
    return fields


def _winlogbeat(document: dict[str, Any], winlog: dict[str, Any]) -> dict[str, Any]:
    data = winlog.get("event_data")
    return {
        "EventID": winlog.get("event_id"),
        "Channel": winlog.get("channel"),
        "Computer": winlog.get("computer_name"),
        "Provider_Name": winlog.get("provider_name"),
        "@timestamp": document.get("@timestamp"),
        **(data if isinstance(data, dict) else {}),
    }


def _whole(value: Any) -> Any:  # noqa: ANN401  any scalar
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else value


READER = WindowsReader
