"""OTLP metrics: few lines, both encodings alike, bounded, hostile bodies refused."""

from __future__ import annotations

import gzip
import json

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from shangdun.kernel.errors import ParseError, UsageError
from shangdun.lake.collect.otlp_metrics import JSON, POINTS_A_LINE, PROTOBUF, response, to_lines

AT = "1770000000000000000"


def point(value: float, /, **attributes: str) -> dict:
    pairs = [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()]
    return {"timeUnixNano": AT, "asDouble": value, "attributes": pairs}


def request(*metrics: dict, host: str = "web-1") -> dict:
    name = {"key": "host.name", "value": {"stringValue": host}}
    return {"resourceMetrics": [{"resource": {"attributes": [name]},
                                 "scopeMetrics": [{"metrics": list(metrics)}]}]}  # fmt: skip


def gauge(name: str, *points: dict) -> dict:
    return {"name": name, "gauge": {"dataPoints": list(points)}}


DOCUMENT = request(
    gauge("queue", point(7)),
    gauge("disk", point(1, mount="/"), point(2, mount="/var")),
    gauge("odd", point(3, value="mine")),
    gauge("nan", {"timeUnixNano": AT, "asDouble": "NaN"}),
    {"name": "calls", "histogram": {"dataPoints": [
        {"timeUnixNano": AT, "count": "4", "sum": 10, "max": 6,
         "exemplars": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "asDouble": 1}]}]}},
)  # fmt: skip


def as_protobuf(document: dict) -> bytes:
    made = json_format.ParseDict(
        document, ExportMetricsServiceRequest(), ignore_unknown_fields=True
    )
    return made.SerializeToString()


def test_all_points_of_a_moment_are_one_line():
    (line,) = to_lines(json.dumps(DOCUMENT).encode(), JSON)
    assert json.loads(line) == {
        "time": 1_770_000_000_000, "metadata.log_name": "otlp.metrics", "device.hostname": "web-1",
        "resource.host.name": "web-1", "product": "opentelemetry", "category": "metrics",
        "metrics.queue": 7.0,
        "series.disk": [{"mount": "/", "value": 1.0}, {"mount": "/var", "value": 2.0}],
        "series.odd": [{"attributes.value": "mine", "value": 3.0}],
        "series.calls": [{"count": 4, "sum": 10.0, "max": 6.0, "value": 2.5}],
    }  # fmt: skip


def test_both_encodings_say_the_same_packed_or_not():
    text, packed = json.dumps(DOCUMENT).encode(), as_protobuf(DOCUMENT)
    assert to_lines(text, f"{JSON}; charset=utf-8") == to_lines(packed, PROTOBUF)
    assert to_lines(gzip.compress(packed), PROTOBUF, "gzip") == to_lines(packed, PROTOBUF)


def test_lines_are_bounded():
    many = request(gauge("disk", *(point(n, mount=f"/{n}") for n in range(1000))))
    lines = to_lines(json.dumps(many).encode(), JSON)
    assert len(lines) == -(-1000 // POINTS_A_LINE)
    points = [point for line in lines for point in json.loads(line)["series.disk"]]
    assert len(points) == 1000


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{", JSON, ParseError),
        (b"[]", JSON, ParseError),
        (b"\xff\xfe", JSON, ParseError),
        (b'{"resourceMetrics": 3}', JSON, ParseError),
        (b'{"a":' * 5000, JSON, ParseError),
        (b"\xff\xff\xff\xff", PROTOBUF, ParseError),
        (b"x" * (5 << 20), JSON, UsageError),
        (gzip.compress(b"x" * (5 << 20)), PROTOBUF, UsageError),
        (b"", "text/plain", UsageError),
    ],
)
def test_what_is_no_request_is_refused(body, kind, error):
    with pytest.raises(error):
        to_lines(body, kind, "gzip" if body[:2] == b"\x1f\x8b" else "")


def test_a_short_body_cannot_become_endless_lines():
    """A long resource that every moment repeats."""
    points = [{"timeUnixNano": str(n * 1_000_000_000), "asDouble": 1} for n in range(1, 40_000)]
    grown = request({"name": "x", "gauge": {"dataPoints": points}}, host="h" * 10_000)
    with pytest.raises(UsageError, match="larger"):
        to_lines(as_protobuf(grown), PROTOBUF)


def test_answers():
    assert response(JSON) == b"{}"
    assert response(PROTOBUF) == b""
    assert to_lines(b"", PROTOBUF) == []
