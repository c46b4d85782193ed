"""Raw HTTP requests: where one ends and the next begins, and what they hold."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.lake.block import Block, read_blocks
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import get_parser

GET = b"GET /a?b=c HTTP/1.1\r\nHost: shop.example:8080\r\nCookie: a=b\r\nX-Odd: \xff\r\n\r\n"
BODY = b"id=1&name=%F3"
POST = b"POST http://shop.example/b HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n" + BODY


def requests(data: bytes) -> list[tuple[str, str | None]]:
    parsed = get_parser("http").parse(Block(data))
    frame = conform(parsed, source="s", observed=1_800_000_000_000)
    assert raw_lines(frame) == [parsed.raw_text(row) for row in range(parsed.events.height)]
    if parsed.events.height == 0:
        return []
    events = conform(parsed, source="s", observed=0)
    return events.select("http_request.url.url_string", "http_request.body").rows()  # type: ignore[return-value]  # two text columns


def test_columns_of_a_request() -> None:
    parsed = get_parser("http").parse(Block(GET + b"\r\n" + POST))
    first, second = parsed.events.iter_rows(named=True)
    wanted = {
        "class_uid": 4002,
        "activity_id": 3,
        "http_request.http_method": "GET",
        "http_request.url.path": "/a",
        "http_request.url.query_string": "b=c",
        "http_request.url.hostname": "shop.example",
        "http_request.url.port": 8080,
        "http_request.cookies": "a=b",
        "http_request.version": "HTTP/1.1",
        "http_request.body": None,
        "_line": 1,
        "_offset": 0,
    }
    assert {key: first[key] for key in wanted} == wanted
    assert json.loads(first["http_request.headers"])[2] == ["X-Odd", r"\xff"]
    assert second["http_request.url.path"] == "/b"
    assert second["http_request.body"] == BODY.decode()
    assert second["http_request.length"] == len(BODY)
    assert second["_line"] == 7
    assert parsed.raw(1) == POST


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (GET, [("/a?b=c", None)]),
        (b"GET / HTTP/1.0", [("/", None)]),
        (b"GET / HTTP/1.0\nHost: x\n\nGET /2 HTTP/1.0\n\n", [("/", None), ("/2", None)]),
        (POST, [("http://shop.example/b", BODY.decode())]),
        # without Content-Length the body ends before the next request line
        (b"POST /a HTTP/1.1\n\nbody\n\nGET /b HTTP/1.1\n\n", [("/a", "body"), ("/b", None)]),
        # a body that holds a request is one body where Content-Length says so …
        (
            (
                b"POST /a HTTP/1.1\nContent-Length: 24\n\nx\n\nGET /inner HTTP/1.1\n\n"
                b"\n\nGET /b HTTP/1.1\n\n"
            ),
            [("/a", "x\n\nGET /inner HTTP/1.1\n\n"), ("/b", None)],
        ),
        # … and a Content-Length that leads nowhere is not believed
        (
            b"POST /a HTTP/1.1\nContent-Length: 9\n\nbody\n\nGET /b HTTP/1.1\n\n",
            [("/a", "body"), ("/b", None)],
        ),
        (
            b"POST /a HTTP/1.1\nContent-Length: 99999\n\nbody\n\nGET /b HTTP/1.1\n\n",
            [("/a", "body"), ("/b", None)],
        ),
        (b"", []),
        (b"\r\n\r\n" + GET, [("/a?b=c", None)]),
    ],
)
def test_where_requests_end(data: bytes, wanted: list[tuple[str, str | None]]) -> None:
    assert requests(data) == wanted


def test_what_stands_before_the_first_request_is_a_dead_letter() -> None:
    parsed = get_parser("http").parse(Block(b"hello\n\n" + GET))
    assert parsed.events.height == 1
    assert [letter.raw for letter in parsed.dead] == [b"hello\n\n"]


REQUEST = st.builds(
    lambda path, body: (
        b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (path, len(body), body)
    ),
    st.from_regex(rb"[a-z]{1,8}", fullmatch=True),
    st.one_of(st.binary(max_size=30), st.just(b"a\r\n\r\nGET / HTTP/1.1\r\n\r\n")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(REQUEST, min_size=1, max_size=6), st.integers(20, 400))
def test_requests_are_whole_whatever_the_blocks(
    tmp_path_factory: pytest.TempPathFactory, sent: list[bytes], block_bytes: int
) -> None:
    path = tmp_path_factory.mktemp("http") / "requests.txt"
    path.write_bytes(b"\r\n\r\n".join(sent))
    parser = get_parser("http")
    whole = parser.parse(Block(path.read_bytes()))
    assert [whole.raw(row) for row in range(whole.events.height)] == sent
    blocks = list(read_blocks(path, 1 << 20, boundary=parser.boundary))
    assert sum(parser.parse(block).events.height for block in blocks) == len(sent)
    small = read_blocks(
        path, max(block_bytes, len(path.read_bytes()) // 2), boundary=parser.boundary
    )
    assert sum(parser.parse(block).events.height for block in small) == len(sent)


@pytest.mark.parametrize(
    ("name", "count", "bodies"),
    [
        ("anomalousTrafficTest", 25_065, 9_977),
        ("normalTrafficTraining", 36_000, 8_000),
        ("normalTrafficTest", 36_000, 8_000),
    ],
)
def test_csic_2010(shared_data: Path, tmp_path: Path, name: str, count: int, bodies: int) -> None:
    with zipfile.ZipFile(shared_data / "csic2010.zip") as archive:
        data = gzip.decompress(archive.read(f"csic_dataset/{name}.txt.gz"))
    path = tmp_path / "requests.txt"
    path.write_bytes(data)
    parser = get_parser("http")
    events = found = 0
    for block in read_blocks(path, 1 << 20, boundary=parser.boundary):
        parsed = parser.parse(block)
        assert parsed.dead == ()
        events += parsed.events.height
        frame = conform(parsed, source="s", observed=1_800_000_000_000)
        found += frame["http_request.body"].count()
    assert (events, found) == (count, bodies)
