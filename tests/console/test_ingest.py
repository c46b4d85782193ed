"""Pushing lines: only with the source's token, only what fits, answered when it is stored."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest
from django.test import Client
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from shangdun.actions.change_source import do_add_source, do_change_source
from shangdun.actions.issue_source_token import do_issue_source_token
from shangdun.actions.record_findings import do_record_findings
from shangdun.console.api import ingest
from shangdun.kernel.config import SourceConfig
from shangdun.lake.collect.payload import BODY_LIMIT, LINE_LIMIT
from shangdun.lake.collect.spool import Spool
from shangdun.records.actor import SETUP, WATCH
from shangdun.records.models import Finding, FindingState

from . import seed

CONFIG = SourceConfig(name="shop-push", format="shop", http=True)


@pytest.fixture
def push(db, console):
    """Sends to the source with its token; `push.stored()` is what lies in the spool."""

    class Push:
        source = do_add_source(SETUP, CONFIG)
        token = do_issue_source_token(SETUP, source_id=source.pk)

        def __call__(
            self,
            body: bytes,
            path: str = "/api/ingest/shop-push",
            token: str | None = None,
            kind: str = "application/x-ndjson",
            **headers: str,
        ):
            return Client(
                headers={
                    "Authorization": f"Bearer {self.token if token is None else token}",
                    **headers,
                }
            ).post(path, body, content_type=kind)

        def stored(self) -> list[bytes]:
            return [
                line
                for file in sorted((console / "spool").glob("shop-push/*.log"))
                for line in file.read_bytes().splitlines()
            ]

    return Push()


def test_lines_are_on_the_disk_when_the_answer_comes(push):
    answer = push(b'{"a":1}\r\n\n{"b":2}\n')
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2})
    assert push.stored() == [b'{"a":1}', b'{"b":2}']


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_packed_bodies(push, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    assert push(pack(b'{"a":1}\n'), **{"Content-Encoding": encoding}).status_code == 202
    assert push.stored() == [b'{"a":1}']


@pytest.mark.parametrize("token", ["", "sdt_wrong", "x" * 10_000, "\u00e9", "Bearer"])
def test_without_the_token_nothing_goes_in(push, token):
    answer = push(b"{}", token=token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert push.stored() == []


def test_a_token_opens_only_its_own_source(push):
    do_add_source(SETUP, SourceConfig(name="other", format="json", http=True))
    assert push(b"{}", path="/api/ingest/other").status_code == 401
    assert push(b"{}", path="/api/ingest/nothing").status_code == 401


def test_a_new_token_ends_the_old_one_and_a_pause_both(push):
    new = do_issue_source_token(SETUP, source_id=push.source.pk)
    assert push(b"{}").status_code == 401
    assert push(b"{}", token=new).status_code == 202
    do_change_source(SETUP, CONFIG, source_id=push.source.pk, enabled=False)
    assert push(b"{}", token=new).status_code == 401


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"x" * (BODY_LIMIT + 1), {}, 413, "ingest.too_large"),
        (
            gzip.compress(b"\0" * (BODY_LIMIT + 1)),
            {"Content-Encoding": "gzip"},
            413,
            "ingest.too_large",
        ),
        (b"x" * (LINE_LIMIT + 1), {}, 413, "ingest.line_too_long"),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400, "ingest.malformed"),
        (
            gzip.compress(b"{}" * 100, mtime=0)[:-6],
            {"Content-Encoding": "gzip"},
            400,
            "ingest.malformed",
        ),
        (b"{}", {"Content-Encoding": "br"}, 400, "ingest.encoding"),
    ],
)
def test_what_does_not_fit_is_refused_whole(push, body, headers, status, code):
    answer = push(body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["fix"]
    assert push.stored() == []


def test_a_bomb_does_not_fill_the_memory(push):
    bomb = gzip.compress(b"\0" * (200 << 20))
    tracemalloc.start()
    assert push(bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert tracemalloc.get_traced_memory()[1] < 80 << 20
    tracemalloc.stop()


def test_a_full_spool_asks_to_come_back(push, console, monkeypatch):
    full = Spool(console / "spool", max_bytes=10)
    monkeypatch.setattr(ingest, "spool_of", lambda home: full)
    answer = push(b'{"a":"long enough"}\n')
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert push.stored() == []


def test_a_disk_that_fails_is_not_an_acceptance(push, console):
    (console / "spool").write_text("not a folder")
    assert push(b"{}").status_code in {500, 503}


def otlp(*bodies: str) -> bytes:
    message = ExportLogsServiceRequest()
    scope = message.resource_logs.add().scope_logs.add()
    for body in bodies:
        scope.log_records.add().body.string_value = body
    return message.SerializeToString()


def test_opentelemetry_as_protobuf_and_json(push):
    path = "/api/otlp/shop-push/v1/logs"
    answer = push(
        gzip.compress(otlp('{"class_uid":3002}')),
        path,
        kind="application/x-protobuf",
        **{"Content-Encoding": "gzip"},
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-protobuf")
    record = {
        "body": {"stringValue": "hello"},
        "attributes": [{"key": "user.name", "value": {"stringValue": "wang"}}],
    }
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    assert push(json.dumps(body).encode(), path, kind="application/json").json() == {}
    first, second = (json.loads(line) for line in push.stored())
    assert first["class_uid"] == 3002
    assert (second["user.name"], second["body"]) == ("wang", "hello")


def test_opentelemetry_errors_are_in_its_own_encoding(push):
    path = "/api/otlp/shop-push/v1/logs"
    broken = push(b"\xff\xff", path, kind="application/x-protobuf")
    assert (broken.status_code, broken.headers["Content-Type"]) == (400, "application/x-protobuf")
    assert push(b"{}", path, kind="text/plain").status_code == 415
    assert push(otlp("x"), path, kind="application/x-protobuf", token="no").status_code == 401


def test_reading_with_a_session(shop, client_of):
    client = client_of(shop["technical_support"])
    page = client.get("/api/findings?severity=critical").json()
    assert {finding["severity"] for finding in page["findings"]} == {"critical"}
    one = client.get(f"/api/findings/{page['findings'][0]['id']}").json()
    assert one["evidences"]
    number = client.get("/api/incidents").json()[0]["number"]
    assert client.get(f"/api/incidents/{number}").json()["number"] == number
    assert client.get("/api/findings/99999999").status_code == 404
    assert client_of(shop["legal"]).get("/api/findings").status_code == 403
    assert Client().get("/api/findings").status_code == 401


def test_the_list_goes_on_where_it_stopped(shop, client_of):
    do_record_findings(WATCH, batch=2, findings=seed.day(datetime.now(UTC), 120))
    client = client_of(shop["technical_support"])
    first = client.get("/api/findings").json()
    assert first["after"]
    rest = client.get("/api/findings", {"after": first["after"]}).json()
    numbers = [finding["id"] for finding in first["findings"] + rest["findings"]]
    shown = Finding.objects.exclude(state=FindingState.WITHHELD)
    assert len(numbers) == len(set(numbers)) == shown.count()
    assert rest["after"] == ""
    assert client.get("/api/findings", {"after": "nonsense"}).json()["after"] == first["after"]


def test_the_api_describes_itself(shop, client_of):
    schema = client_of(shop["employee"]).get("/api/openapi.json").json()
    assert {
        "/api/ingest/{source}",
        "/api/otlp/{source}/v1/logs",
        "/api/findings",
        "/api/incidents",
    } <= set(schema["paths"])
