"""Raw requests are told apart in a file, whatever their bodies hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shangdun_guard.request import parse_request
from shangdun_guard.request_file import request_spans

GET = b"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%b"
INNER = b"a\r\n\r\nGET /not/one HTTP/1.1\r\n\r\nb"


def split(data: bytes) -> list[bytes]:
    return [data[start:end] for start, end in request_spans(data)]


def test_one_and_several_with_any_line_ends() -> None:
    for data in (GET, GET.replace(b"\r\n", b"\n")):
        assert split(data) == [data]
        assert split(b"\n\n" + data + b"\n" + data + b"\n\n\n" + data) == [data] * 3


def test_a_body_ends_where_its_length_says_if_that_can_be() -> None:
    whole = POST % (len(INNER), INNER)
    assert split(whole) == [whole]
    assert split(whole + b"\r\n\r\n" + GET) == [whole, GET]
    short = POST % (2, b"a=b&c")
    assert split(short + b"\r\n\r\n" + GET) == [short, GET]
    endless = POST % (10**9, b"a=b")
    assert split(endless + b"\n\n" + GET) == [endless, GET]


def test_a_body_without_length_goes_to_the_next_request_line() -> None:
    bare = b"POST / HTTP/1.0\n\na=b\n\nc=d"
    assert split(bare + b"\n\n" + GET) == [bare, GET]


def test_a_broken_request_line_at_the_start_is_a_request() -> None:
    for first in (b"G\x01ET / HTTP/1.1\r\n\r\n", b"GET /a\r\n\r\n", b"FOO bar baz\n\n"):
        assert split(first + GET) == [first, GET]


def test_what_holds_no_request_has_none() -> None:
    for data in (b"", b"\r\n\r\n", b"word", b"\x00\x01\x02", b"\xff\xd8\xff\n\n"):
        assert split(data) == []
    assert split(b"\x00junk\n\n" + GET) == [GET]


@given(
    st.lists(st.sampled_from([GET, INNER, POST % (3, b"a=b"), b"\r\n\r\n", b"x", b" "]), max_size=8)
)
def test_spans_are_in_order_and_never_overlap(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    last = 0
    for start, end in request_spans(data):
        assert last <= start < end <= len(data)
        last = end


@given(st.binary(max_size=200))
def test_parsing_never_raises_and_keeps_every_byte(raw: bytes) -> None:
    request = parse_request(raw)
    assert request.head + request.body == raw


def test_parsing_keeps_order_repeats_and_odd_lines() -> None:
    request = parse_request(
        b"POST  /a b HTTP/1.1\r\nA: 1\r\nB : 2 \r\na: 3\r\n folded\r\nno colon\r\n\r\nbody\r\n"
    )
    assert (request.method, request.target, request.version) == ("POST", "/a b", "HTTP/1.1")
    assert request.headers == (("a", "1"), ("b ", "2"), ("a", "3 folded"), ("", "no colon"))
    assert request.body == b"body\r\n"
    again = parse_request(b"GET /\r\nA: 1\r\n x\r\nA: 1\r\n\r\n")
    assert again.headers == (("a", "1 x"), ("a", "1"))
    assert (again.target, again.version) == ("/", "")
