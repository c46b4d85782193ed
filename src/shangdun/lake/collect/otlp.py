"""OTLP/HTTP logs (OpenTelemetry protocol 1.x), protobuf or JSON, as JSON lines.

A record becomes one flat object: its attributes by their own names, nested ones joined by dots;
``resource.…`` and ``scope.…`` for what it came from; ``body``, ``time`` and ``observed_time`` in
milliseconds since the epoch, ``severity_number``, ``severity_text``, ``trace_id``, ``span_id``. An
attribute that bears one of these names is called ``attributes.…``.

A record whose body is itself a line of the source's format is given as that line: a string that
holds a JSON object always, any string where the source's format is not JSON.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from shangdun.kernel.errors import UsageError
from shangdun.lake.collect.payload import (
    BODY_LIMIT,
    EVENTS_LIMIT,
    GROWTH_LIMIT,
    decoded,
    malformed,
    media_type,
    one_line,
    too_long_together,
    too_many,
)

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
_DEPTH = 32
_OWN_NAMES = frozenset(
    {
        "attributes",
        "body",
        "event_name",
        "observed_time",
        "resource",
        "scope",
        "severity_number",
        "severity_text",
        "span_id",
        "time",
        "trace_flags",
        "trace_id",
    }
)


@dataclass
class _Record:
    """A log record, whichever way it was encoded."""

    origin: dict[str, Any]
    time: int = 0
    observed: int = 0
    severity_number: int = 0
    severity_text: str = ""
    body: Any = None
    attributes: dict[str, Any] = field(default_factory=dict)
    trace_id: str = ""
    span_id: str = ""
    flags: int = 0
    event_name: str = ""


def to_lines(
    body: bytes,
    content_type: str,
    content_encoding: str = "",
    *,
    text_format: bool = False,
    limit: int = BODY_LIMIT,
) -> list[bytes]:
    """One line, without line end, for every log record of an ``ExportLogsServiceRequest``.

    ``text_format``: the source's format is one of plain lines, not of JSON. Raises ``UsageError``
    (``ingest.type``, ``ingest.encoding``, ``ingest.too_large``) and ``ParseError``
    (``ingest.malformed``); then nothing of the body is to be stored.
    """
    kind = media_type(content_type)
    if kind not in {PROTOBUF, JSON}:
        raise UsageError(
            f"the content type {content_type!r} is not OTLP/HTTP",
            code="ingest.type",
            fix=f"send {PROTOBUF} or {JSON}",
        )
    data = decoded(body, content_encoding, limit)
    records = _protobuf_records(data) if kind == PROTOBUF else _json_records(data)
    lines: list[bytes] = []
    room = GROWTH_LIMIT * limit
    for record in records:
        # copied, because orjson's own result holds on to room for a far longer text
        line = bytes(memoryview(_line(record, text_format=text_format)))
        room -= len(line)
        if room < 0:
            raise too_long_together(GROWTH_LIMIT * limit)
        if len(lines) == EVENTS_LIMIT:
            raise too_many()
        lines.append(line)
    return lines


def response(content_type: str, *, rejected: int = 0, message: str = "") -> bytes:
    """The body of a 200 answer, encoded as the request was; partial success if any was rejected."""
    if media_type(content_type) == JSON:
        if not rejected and not message:
            return b"{}"
        # OTLP's JSON mapping writes 64-bit integers as strings.
        partial = {"rejectedLogRecords": str(rejected), "errorMessage": message}
        return orjson.dumps({"partialSuccess": partial})
    answer = ExportLogsServiceResponse()
    if rejected or message:
        answer.partial_success.rejected_log_records = rejected
        answer.partial_success.error_message = message
    return answer.SerializeToString()


def failure(content_type: str, message: str) -> bytes:
    """The body of a 4xx or 5xx answer: a ``google.rpc.Status``, encoded as the request was."""
    if media_type(content_type) == JSON:
        return orjson.dumps({"message": message})
    text = message.encode()
    # Field 2 of google.rpc.Status, length-delimited; its generated class is in another package.
    return b"\x12" + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _line(record: _Record, *, text_format: bool) -> bytes:
    if isinstance(record.body, str) and record.body:
        if record.body.lstrip()[:1] == "{":
            try:
                return orjson.dumps(orjson.loads(record.body))
            except (orjson.JSONDecodeError, orjson.JSONEncodeError):
                pass  # not a JSON object after all: it stays the text it is
        if text_format:
            return one_line(record.body.encode())
    event: dict[str, Any] = {"time": (record.time or record.observed) // 1_000_000}
    own = {
        "observed_time": record.observed // 1_000_000,
        "severity_number": record.severity_number,
        "severity_text": record.severity_text,
        "event_name": record.event_name,
        "trace_id": record.trace_id,
        "span_id": record.span_id,
        "trace_flags": record.flags,
    }
    event.update((name, value) for name, value in own.items() if value)
    if not event["time"]:
        del event["time"]
    if record.body is not None:
        _flatten(event, "body", record.body)
    event.update(record.origin)
    for name, value in record.attributes.items():
        reserved = name.partition(".")[0] in _OWN_NAMES
        _flatten(event, f"attributes.{name}" if reserved else name, value)
    return orjson.dumps(event)


def _flatten(event: dict[str, Any], name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
    if not isinstance(value, dict) or not value:
        event[name] = value
        return
    for key, inner in value.items():
        _flatten(event, f"{name}.{key}", inner)


def _origin(
    resource: dict[str, Any], name: str, version: str, scope: dict[str, Any]
) -> dict[str, Any]:
    origin: dict[str, Any] = {}
    for key, value in resource.items():
        _flatten(origin, f"resource.{key}", value)
    for key, value in scope.items():
        _flatten(origin, f"scope.{key}", value)
    origin.update({"scope.name": name} if name else {})
    origin.update({"scope.version": version} if version else {})
    return origin


# Protobuf


def _protobuf_records(data: bytes) -> Iterator[_Record]:
    request = ExportLogsServiceRequest()
    try:
        request.ParseFromString(data)
    except DecodeError as error:
        raise malformed(f"not an ExportLogsServiceRequest: {error}") from error
    for resource_logs in request.resource_logs:
        resource = attributes_of(resource_logs.resource.attributes)
        for scope_logs in resource_logs.scope_logs:
            scope = scope_logs.scope
            origin = _origin(resource, scope.name, scope.version, attributes_of(scope.attributes))
            for record in scope_logs.log_records:
                yield _from_protobuf(record, origin)


def _from_protobuf(record: LogRecord, origin: dict[str, Any]) -> _Record:
    return _Record(
        origin=origin,
        time=record.time_unix_nano,
        observed=record.observed_time_unix_nano,
        severity_number=int(record.severity_number),
        severity_text=record.severity_text,
        body=_value(record.body) if record.HasField("body") else None,
        attributes=attributes_of(record.attributes),
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        flags=record.flags,
        event_name=record.event_name,
    )


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes as plain values; bytes as base64."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:  # noqa: ANN401 - any JSON value
    # Depth needs no care here: protobuf refuses messages nested deeper than 100 levels.
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode()
    return getattr(value, kind)


# JSON


def _json_records(data: bytes) -> Iterator[_Record]:
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise malformed(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise malformed("not an ExportLogsServiceRequest: no object")
    for resource_logs in _objects(document, "resourceLogs"):
        resource = _json_pairs(_object(resource_logs, "resource"))
        for scope_logs in _objects(resource_logs, "scopeLogs"):
            scope = _object(scope_logs, "scope")
            name, version = _text(scope, "name"), _text(scope, "version")
            origin = _origin(resource, name, version, _json_pairs(scope))
            for record in _objects(scope_logs, "logRecords"):
                yield _from_json(record, origin)


def _from_json(record: dict[str, Any], origin: dict[str, Any]) -> _Record:
    body = record.get("body")
    return _Record(
        origin=origin,
        time=_number(record, "timeUnixNano"),
        observed=_number(record, "observedTimeUnixNano"),
        severity_number=_number(record, "severityNumber"),
        severity_text=_text(record, "severityText"),
        body=None if body is None else _json_value(body, 0),
        attributes=_json_pairs(record),
        trace_id=_text(record, "traceId"),
        span_id=_text(record, "spanId"),
        flags=_number(record, "flags"),
        event_name=_text(record, "eventName"),
    )


def _objects(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise malformed(f"{name} is not a list of objects")
    return found


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name) or {}
    if not isinstance(found, dict):
        raise malformed(f"{name} is not an object")
    return found


def _text(holder: dict[str, Any], name: str) -> str:
    found = holder.get(name)
    return "" if found is None else str(found)


def _number(holder: dict[str, Any], name: str) -> int:
    try:
        number = int(holder.get(name) or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise malformed(f"{name} is not a number") from error
    if not -(1 << 63) <= number < 1 << 64:
        raise malformed(f"{name} does not fit into 64 bits")
    return number


def _json_pairs(holder: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    return {
        _text(pair, "key"): _json_value(pair.get("value"), depth)
        for pair in _objects(holder, "attributes")
    }


def _json_value(value: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON value
    if value is None:
        return None
    if not isinstance(value, dict):
        raise malformed('a value is not an object such as {"stringValue": …}')
    if depth > _DEPTH:
        return _as_text(value)
    if "arrayValue" in value:
        items = _objects(_object(value, "arrayValue"), "values")
        return [_json_value(item, depth + 1) for item in items]
    if "kvlistValue" in value:
        pairs = _objects(_object(value, "kvlistValue"), "values")
        return {_text(pair, "key"): _json_value(pair.get("value"), depth + 1) for pair in pairs}
    return _json_scalar(value)


def _json_scalar(value: dict[str, Any]) -> object:
    if "intValue" in value:
        return _number(value, "intValue")
    if "bytesValue" in value:
        return _checked_base64(_text(value, "bytesValue"))
    # A double that is no number is written as a string: "NaN", "Infinity".
    kinds: dict[str, tuple[type, ...]] = {
        "stringValue": (str,),
        "boolValue": (bool,),
        "doubleValue": (int, float, str),
    }
    for name, kind in kinds.items():
        found: object = value.get(name)
        if isinstance(found, kind):
            return found
        if found is not None:
            raise malformed(f"{name} is of another type")
    return None


def _checked_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise malformed("bytesValue is not base64") from error
    return text


def _as_text(value: object) -> str:
    """What is nested too deeply to be flattened, as JSON text."""
    try:
        return json.dumps(value)
    except RecursionError:
        return "nested too deeply"
