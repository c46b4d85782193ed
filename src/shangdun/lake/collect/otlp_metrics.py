"""OTLP/HTTP metrics (OpenTelemetry protocol 1.x), protobuf or JSON, as few JSON lines.

All points of one resource at one moment are one line: a collector that reads a host every minute
costs one event a minute, not hundreds. A metric with one point and no attributes is a number,
``metrics.NAME``; one with attributes is a list, ``series.NAME``, of objects that hold the
attributes and ``value``. Histograms and summaries give ``count``, ``sum``, ``min``, ``max`` and
the mean as ``value``. ``device.hostname`` is the resource's ``host.name``, else its
``service.name``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import orjson
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, ResourceMetrics

from shangdun.kernel.errors import UsageError
from shangdun.lake.collect.otlp import JSON, PROTOBUF, attributes_of
from shangdun.lake.collect.payload import (
    EVENTS_LIMIT,
    decoded,
    malformed,
    media_type,
    too_large,
    too_many,
)

LOG_NAME = "otlp.metrics"
BODY_LIMIT = 4 << 20
"""Bytes: a body of metrics is short; one that is not is not worth a worker's time."""
POINTS_A_LINE = 300
LONGEST_NAME = 200
"""Letters of a metric's or an attribute's name; a longer one is cut."""

Moment = dict[int, list[tuple[str, dict[str, Any]]]]
"""Milliseconds → metric and point."""


def to_lines(
    body: bytes, content_type: str, content_encoding: str = "", *, limit: int = BODY_LIMIT
) -> list[bytes]:
    """Lines without line end for an ``ExportMetricsServiceRequest``.

    Raises ``UsageError`` (``ingest.type``, ``ingest.encoding``, ``ingest.too_large``) and
    ``ParseError`` (``ingest.malformed``); then nothing of the body is to be stored.
    """
    kind = media_type(content_type)
    if kind not in {PROTOBUF, JSON}:
        raise UsageError(
            f"the content type {content_type!r} is not OTLP/HTTP",
            code="ingest.type",
            fix=f"send {PROTOBUF} or {JSON}",
        )
    request = _read(decoded(body, content_encoding, limit), json=kind == JSON)
    lines: list[bytes] = []
    room = 4 * limit
    for resource in request.resource_metrics:
        for line in _resource_lines(resource):
            lines.append(line)
            room -= len(line)
            if room < 0:
                raise too_large(4 * limit)
            if len(lines) > EVENTS_LIMIT:
                raise too_many()
    return lines


def response(content_type: str) -> bytes:
    """The body of a 200 answer, encoded as the request was."""
    if media_type(content_type) == JSON:
        return b"{}"
    return bytes(ExportMetricsServiceResponse().SerializeToString())


def _read(data: bytes, *, json: bool) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    if json and not data.lstrip().startswith(b"{"):
        raise malformed("not an ExportMetricsServiceRequest: no object")
    try:
        if json:
            # trace ids of exemplars are hexadecimal in OTLP's JSON; exemplars are not read here
            json_format.Parse(data, request, ignore_unknown_fields=True)
        else:
            request.ParseFromString(data)
    except (DecodeError, json_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        text = str(error)[:300]
        raise malformed(f"not an ExportMetricsServiceRequest: {text}") from error
    return request


def _resource_lines(resource: ResourceMetrics) -> Iterator[bytes]:
    attributes = attributes_of(resource.resource.attributes)
    host = str(attributes.get("host.name") or attributes.get("service.name") or "")
    origin = {f"resource.{name[:LONGEST_NAME]}": value for name, value in attributes.items()}
    moments: Moment = {}
    for scope in resource.scope_metrics:
        for metric in scope.metrics:
            for at, point in _points(metric):
                moments.setdefault(at, []).append((metric.name[:LONGEST_NAME], point))
    for at, points in sorted(moments.items()):
        for first in range(0, len(points), POINTS_A_LINE):
            line: dict[str, Any] = {"product": "opentelemetry", "category": "metrics", **origin}
            line["metadata.log_name"] = LOG_NAME
            if at:
                line["time"] = at
            if host:
                line["device.hostname"] = host
            yield orjson.dumps(line | _fields(points[first : first + POINTS_A_LINE]))


def _fields(points: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, point in points:
        fields.setdefault(f"series.{name}", []).append(point)
    for key in [key for key, found in fields.items() if len(found) == 1 and len(found[0]) == 1]:
        fields[f"metrics.{key.removeprefix('series.')}"] = fields.pop(key)[0]["value"]
    return fields


def _points(metric: Metric) -> Iterator[tuple[int, dict[str, Any]]]:
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    for point in getattr(metric, kind).data_points:
        found = {
            (f"attributes.{name}" if name in _OWN else name): value
            for name, value in attributes_of(point.attributes).items()
        }
        if kind in {"gauge", "sum"}:
            which = point.WhichOneof("value")
            if which is None:
                continue
            found["value"] = getattr(point, which)
        else:
            found |= {"count": point.count, "sum": point.sum}
            found |= {name: getattr(point, name) for name in ("min", "max") if _has(point, name)}
            found["value"] = point.sum / point.count if point.count else 0.0
        if math.isfinite(found["value"]):
            yield point.time_unix_nano // 1_000_000, found


_OWN = frozenset({"value", "count", "sum", "min", "max"})


def _has(point: Any, name: str) -> bool:  # noqa: ANN401  histograms of three kinds
    return name in point.DESCRIPTOR.fields_by_name and point.HasField(name)
