"""Bodies of requests: lines, JSON, OTLP; their limits."""

from __future__ import annotations

import base64
import gc
import gzip
import resource
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from shangdun.kernel.errors import ParseError, ShangdunError, UsageError
from shangdun.lake.collect import ndjson, otlp, payload

TIME = 1_767_225_600_123_456_789


def request() -> ExportLogsServiceRequest:
    """A record with one of everything."""
    message = ExportLogsServiceRequest()
    resource_logs = message.resource_logs.add()
    resource_logs.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope_logs = resource_logs.scope_logs.add()
    scope_logs.scope.name = "checkout"
    scope_logs.scope.version = "1.2"
    record = scope_logs.log_records.add()
    record.time_unix_nano = TIME
    record.observed_time_unix_nano = TIME + 1_000_000_000
    record.severity_number = 13
    record.severity_text = "WARN"
    record.body.string_value = "payment refused\nby the bank"
    record.trace_id = bytes(range(16))
    record.span_id = bytes(range(8))
    record.flags = 1
    record.event_name = "payment"
    attributes = record.attributes
    attributes.add(key="user.name").value.string_value = "李明"
    attributes.add(key="payment.amount").value.double_value = 12.5
    attributes.add(key="attempt").value.int_value = 3
    attributes.add(key="late").value.bool_value = True
    attributes.add(key="nothing")
    attributes.add(key="body").value.string_value = "collides"
    attributes.add(key="raw").value.bytes_value = b"\x00\xff"
    items = attributes.add(key="tags").value.array_value.values
    items.add().string_value = "a"
    items.add().int_value = -5
    card = attributes.add(key="card").value.kvlist_value.values
    card.add(key="fingerprint").value.string_value = "f1"
    return message


AS_JSON = {
    "resourceLogs": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
            "scopeLogs": [
                {
                    "scope": {"name": "checkout", "version": "1.2"},
                    "logRecords": [
                        {
                            "timeUnixNano": str(TIME),
                            "observedTimeUnixNano": TIME + 1_000_000_000,
                            "severityNumber": 13,
                            "severityText": "WARN",
                            "body": {"stringValue": "payment refused\nby the bank"},
                            "traceId": bytes(range(16)).hex(),
                            "spanId": bytes(range(8)).hex(),
                            "flags": 1,
                            "eventName": "payment",
                            "attributes": [
                                {"key": "user.name", "value": {"stringValue": "李明"}},
                                {"key": "payment.amount", "value": {"doubleValue": 12.5}},
                                {"key": "attempt", "value": {"intValue": "3"}},
                                {"key": "late", "value": {"boolValue": True}},
                                {"key": "nothing", "value": {}},
                                {"key": "body", "value": {"stringValue": "collides"}},
                                {
                                    "key": "raw",
                                    "value": {"bytesValue": base64.b64encode(b"\x00\xff").decode()},
                                },
                                {
                                    "key": "tags",
                                    "value": {
                                        "arrayValue": {
                                            "values": [{"stringValue": "a"}, {"intValue": -5}]
                                        }
                                    },
                                },
                                {
                                    "key": "card",
                                    "value": {
                                        "kvlistValue": {
                                            "values": [
                                                {
                                                    "key": "fingerprint",
                                                    "value": {"stringValue": "f1"},
                                                }
                                            ]
                                        }
                                    },
                                },
                            ],
                        }
                    ],
                }
            ],
        }
    ]
}

EXPECTED = {
    "time": TIME // 1_000_000,
    "observed_time": TIME // 1_000_000 + 1000,
    "severity_number": 13,
    "severity_text": "WARN",
    "event_name": "payment",
    "trace_id": "000102030405060708090a0b0c0d0e0f",
    "span_id": "0001020304050607",
    "trace_flags": 1,
    "body": "payment refused\nby the bank",
    "resource.service.name": "shop",
    "scope.name": "checkout",
    "scope.version": "1.2",
    "user.name": "李明",
    "payment.amount": 12.5,
    "attempt": 3,
    "late": True,
    "nothing": None,
    "attributes.body": "collides",
    "raw": "AP8=",
    "tags": ["a", -5],
    "card.fingerprint": "f1",
}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (request().SerializeToString(), otlp.PROTOBUF),
        (orjson.dumps(AS_JSON), "application/json; charset=utf-8"),
    ],
    ids=["protobuf", "json"],
)
@pytest.mark.parametrize("encoding", ["", "gzip", "GZIP", "deflate"])
def test_both_encodings_of_a_record_give_the_same_line(body, content_type, encoding):
    pack = {"": bytes, "deflate": zlib.compress}.get(encoding, gzip.compress)
    (line,) = otlp.to_lines(pack(body), content_type, encoding)
    assert orjson.loads(line) == EXPECTED
    assert b"\n" not in line


def record_with(body: AnyValue) -> bytes:
    message = ExportLogsServiceRequest()
    record = message.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=TIME)
    record.body.CopyFrom(body)
    record.attributes.add(key="log.file.name").value.string_value = "access.log"
    return message.SerializeToString()


def test_a_body_that_is_a_line_of_the_source_stays_that_line():
    access = '1.2.3.4 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"'
    body = record_with(AnyValue(string_value=access))
    assert otlp.to_lines(body, otlp.PROTOBUF, text_format=True) == [access.encode()]
    (line,) = otlp.to_lines(body, otlp.PROTOBUF)
    assert orjson.loads(line)["body"] == access
    broken = record_with(AnyValue(string_value="Traceback\n  line 1\n"))
    assert otlp.to_lines(broken, otlp.PROTOBUF, text_format=True) == [b"Traceback#012  line 1"]


def test_a_body_that_is_a_json_object_stays_that_object():
    body = record_with(AnyValue(string_value='{"class_uid": 3002,\n "user": {"name": "a"}}'))
    assert otlp.to_lines(body, otlp.PROTOBUF) == [b'{"class_uid":3002,"user":{"name":"a"}}']
    not_json = record_with(AnyValue(string_value="{not json"))
    assert orjson.loads(otlp.to_lines(not_json, otlp.PROTOBUF)[0])["body"] == "{not json"


def test_a_body_of_key_values_is_flattened_and_a_record_without_any_is_kept():
    body = AnyValue()
    body.kvlist_value.values.add(key="order").value.kvlist_value.values.add(
        key="uid"
    ).value.string_value = "o1"
    (line,) = otlp.to_lines(record_with(body), otlp.PROTOBUF, text_format=True)
    assert orjson.loads(line)["body.order.uid"] == "o1"
    empty = ExportLogsServiceRequest()
    empty.resource_logs.add().scope_logs.add().log_records.add()
    assert otlp.to_lines(empty.SerializeToString(), otlp.PROTOBUF) == [b"{}"]
    assert otlp.to_lines(b"", otlp.PROTOBUF) == []
    assert otlp.to_lines(b"{}", otlp.JSON) == []


def nested(levels: int) -> bytes:
    before = '{"kvlistValue": {"values": [{"key": "k", "value": ' * levels
    value = before + '{"stringValue": "deep"}' + "}]}}" * levels
    head = '{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": '
    return f"{head}{value}}}]}}]}}]}}".encode()


@pytest.mark.parametrize("levels", [5, 40, 200])
def test_deep_nesting_is_flattened_or_kept_as_text(levels):
    (line,) = otlp.to_lines(nested(levels), otlp.JSON)
    assert b"deep" in line


def test_nesting_without_end_is_refused():
    with pytest.raises(ParseError) as caught:
        otlp.to_lines(nested(1000), otlp.JSON)
    assert caught.value.code == "ingest.malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"resourceLogs": {}, "x": 1, "resourceLogs": "text"}',
        b'{"resourceLogs": [{"resource": [1]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [1]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "soon"}]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": 1e400}]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "9'
        + b"9" * 30
        + b'"}]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": "bare"}]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"boolValue": "yes"}}]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": {}}}]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"bytesValue": "%"}}]}]}]}',
    ],
)
def test_json_that_is_no_request_is_refused_with_a_reason(body):
    with pytest.raises(ParseError) as caught:
        otlp.to_lines(body, otlp.JSON)
    assert caught.value.code == "ingest.malformed"


@given(st.binary(max_size=300))
def test_any_bytes_give_lines_or_a_refusal(body):
    refusals = set()
    for content_type in (otlp.PROTOBUF, otlp.JSON, "application/x-ndjson"):
        for encoding in ("", "gzip"):
            reader = ndjson.to_lines if "ndjson" in content_type else otlp.to_lines
            try:
                lines = reader(body, content_type, encoding)
            except ShangdunError as error:
                refusals.add(error.code.partition(".")[0])
            else:
                assert not any(b"\n" in line for line in lines)
    assert refusals <= {"ingest"}


def test_other_types_and_encodings_are_refused():
    with pytest.raises(UsageError) as caught:
        otlp.to_lines(b"", "text/plain")
    assert caught.value.code == "ingest.type"
    with pytest.raises(UsageError) as caught:
        otlp.to_lines(b"", otlp.JSON, "br")
    assert caught.value.code == "ingest.encoding"


def test_answers_are_what_senders_understand():
    good = ExportLogsServiceResponse.FromString(otlp.response(otlp.PROTOBUF))
    assert not good.HasField("partial_success")
    partial = ExportLogsServiceResponse.FromString(
        otlp.response(otlp.PROTOBUF, rejected=3, message="too old")
    )
    assert partial.partial_success.rejected_log_records == 3
    assert partial.partial_success.error_message == "too old"
    assert otlp.response(otlp.JSON) == b"{}"
    assert orjson.loads(otlp.response(otlp.JSON, rejected=3, message="too old")) == {
        "partialSuccess": {"rejectedLogRecords": "3", "errorMessage": "too old"}
    }
    assert orjson.loads(otlp.failure(otlp.JSON, "no")) == {"message": "no"}
    # google.rpc.Status has its message in field 2, as a string value has in no other message here.
    text = "满" * 100
    status = otlp.failure(otlp.PROTOBUF, text)
    assert status == b"\x12\xac\x02" + text.encode()


@pytest.mark.parametrize("bomb", ["one member", "many members"])
def test_a_bomb_is_stopped_early(bomb):
    small = gzip.compress(b"\0" * (8 << 20))
    body = gzip.compress(b"\0" * (64 << 20), 1) if bomb == "one member" else small * 100
    with pytest.raises(UsageError) as caught:
        payload.decoded(body, "gzip", limit=10 << 20)
    assert caught.value.code == "ingest.too_large"


def test_a_body_just_within_the_limit_is_taken():
    assert payload.decoded(gzip.compress(b"x" * 1000), "gzip", limit=1000) == b"x" * 1000
    with pytest.raises(UsageError):
        payload.decoded(gzip.compress(b"x" * 1001), "gzip", limit=1000)
    with pytest.raises(UsageError):
        payload.decoded(b"x" * 1001, "identity", limit=1000)


@pytest.mark.parametrize("cut", [1, 5, 15])
def test_damaged_compression_is_refused(cut):
    with pytest.raises(ParseError):
        payload.decoded(gzip.compress(b"hello hello hello")[:-cut], "gzip")


class TestLines:
    def test_lines_of_any_kind(self):
        body = b'{"a":1}\r\n\n  \n{"b":2}\nplain text\n'
        assert ndjson.to_lines(body, "application/x-ndjson") == [
            b'{"a":1}',
            b'{"b":2}',
            b"plain text",
        ]

    def test_a_json_document(self):
        assert ndjson.to_lines(b'[{"a":\n1}, {"b":2}]', "application/json") == [
            b'{"a":1}',
            b'{"b":2}',
        ]
        assert ndjson.to_lines(b'{\n"a": 1\n}', "application/json") == [b'{"a":1}']
        assert ndjson.to_lines(b'{"a":1}\n{"b":2}\n', "application/json") == [
            b'{"a":1}',
            b'{"b":2}',
        ]
        assert ndjson.to_lines(b"", "application/json") == []
        with pytest.raises(ParseError):
            ndjson.to_lines(b"{broken", "application/json")
        with pytest.raises(ParseError):
            ndjson.to_lines(b"[" * 1000 + b"]" * 1000, "application/json")

    def test_a_line_too_long_refuses_the_whole_body(self):
        with pytest.raises(UsageError, match="event 2 is longer") as caught:
            ndjson.to_lines(b"short\n" + b"x" * 101 + b"\n", line_limit=100)
        assert caught.value.code == "ingest.line_too_long"

    @given(st.lists(st.binary(max_size=30)))
    def test_every_line_that_is_not_blank_comes_back(self, lines):
        lines = [line.replace(b"\n", b"").replace(b"\r", b"") for line in lines]
        got = ndjson.to_lines(b"\n".join(lines), "text/plain")
        assert got == [line for line in lines if line.strip()]


@given(st.binary())
def test_a_message_becomes_one_line(message):
    line = payload.one_line(message)
    assert not set(line) & set(b"\n\r\0")


def peak_bytes(act: Callable[[], object]) -> int:
    """What a call takes at its worst, of memory that Python and its libraries account for."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_thousands_of_empty_gzip_members_are_not_copied_thousands_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[int] = []
    real = zlib.decompressobj

    class Counting:
        """A decoder copies what it is given beyond its end, so that is what is counted."""

        def __init__(self, wbits: int) -> None:
            self._real = real(wbits=wbits)

        def decompress(self, data: bytes, most: int) -> bytes:
            given.append(len(data))
            return self._real.decompress(data, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    monkeypatch.setattr(payload.zlib, "decompressobj", Counting)
    members = 5000
    body = gzip.compress(b"") * members + gzip.compress(b"end")
    assert payload.decoded(body, "gzip") == b"end"
    assert sum(given) < members * (8 << 10) < members * len(body) / 10


def test_members_that_end_anywhere_are_read_on() -> None:
    parts = [bytes([65 + n % 26]) * (n * 37 % 9001) for n in range(200)]
    body = b"".join(gzip.compress(part, n % 10) for n, part in enumerate(parts))
    assert payload.decoded(body, "gzip") == b"".join(parts)


def test_more_events_than_a_request_may_hold_are_refused() -> None:
    over = payload.EVENTS_LIMIT + 1
    bodies = [
        lambda: ndjson.to_lines(b"1\n" * over),
        lambda: ndjson.to_lines(b"[" + b",".join([b"1"] * over) + b"]", "application/json"),
        lambda: otlp.to_lines(
            b'{"resourceLogs":[{"scopeLogs":[{"logRecords":['
            + b",".join([b"{}"] * over)
            + b"]}]}]}",
            otlp.JSON,
        ),
    ]
    for read in bodies:
        with pytest.raises(UsageError, match="more than 524288 events") as caught:
            read()
        assert caught.value.code == "ingest.too_large"


def test_records_that_share_a_long_text_do_not_grow_without_end() -> None:
    message = request()
    shared = message.resource_logs[0].resource.attributes
    shared.add(key="long").value.string_value = "v" * 500_000
    logs = message.resource_logs[0].scope_logs[0].log_records
    for _ in range(2000):
        logs.add().severity_number = 1
    body = message.SerializeToString()
    assert len(body) < payload.LINE_LIMIT

    def refused() -> None:
        with pytest.raises(UsageError, match="each with what they share") as caught:
            otlp.to_lines(body, otlp.PROTOBUF, limit=8 << 20)
        assert caught.value.code == "ingest.too_large"

    assert peak_bytes(refused) < 100 << 20


def resident_bytes() -> int:
    """What of this process lies in memory now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


def test_many_small_elements_take_no_more_memory_than_they_need() -> None:
    gc.collect()
    before = resident_bytes()
    lines = ndjson.to_lines(b"[" + b"{}," * 200_000 + b"{}]", "application/json")
    assert len(lines) == 200_001
    # orjson's own results hold 1 KiB each and more
    assert resident_bytes() - before < 100 << 20
