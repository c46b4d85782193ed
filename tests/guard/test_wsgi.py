"""WSGI as PEP 3333 has it: checked by the standard library's validator, bodies whole again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.conftest import decide
from tests.guard.test_guard import ATTACK

from shangdun_guard.guard import OWN_PATH, Guard
from shangdun_guard.incoming import Identity, current
from shangdun_guard.wsgi import GuardMiddleware, Replayed, incoming_of

FORM = "application/x-www-form-urlencoded"


class Shop:
    """An application that keeps what reached it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.environ: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.environ = environ
        size = int(environ.get("CONTENT_LENGTH") or 0)
        terminated = environ.get("wsgi.input_terminated")
        self.bodies.append(environ["wsgi.input"].read(1 << 30 if terminated else size))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([b"first ", b"second"])


def ask(
    guard: Guard, target: str = "/", body: bytes = b"", *, app: Any = None, **environ: Any
) -> tuple[str, bytes]:
    """One request through the validator on both sides of the guard."""
    path, _, query = target.partition("?")
    whole: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "203.0.113.7",
        "HTTP_ACCEPT": "text/html",
        "wsgi.input": io.BytesIO(body),
    }
    if body:
        whole |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": FORM}
    setup_testing_defaults(whole)
    whole |= environ
    told: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc: Any = None) -> Any:
        told.append(status)
        return lambda _: None

    wrapped = validator(GuardMiddleware(validator(app or Shop()), guard))
    answer = wrapped(whole, start_response)
    try:
        parts = list(answer)
    finally:
        answer.close()
    return told[0], b"".join(parts)


def test_a_request_passes_with_its_response_untouched(alone: Guard) -> None:
    assert ask(alone) == ("200 OK", b"first second")


def test_a_body_reaches_the_shop_whole(alone: Guard) -> None:
    for size in (1, 65_535, 65_536, 65_537, 300_000):
        shop = Shop()
        body = b"a" * size
        assert ask(alone, "/", body, app=shop)[0] == "200 OK"
        assert shop.bodies == [body]


def test_what_is_turned_away_never_reaches_the_shop(alone: Guard) -> None:
    shop = Shop()
    assert ask(alone, ATTACK, app=shop)[0] == "403 Forbidden"
    assert ask(alone, "/x", b"q=" + ATTACK[10:].encode(), app=shop)[0] == "403 Forbidden"
    decide(alone, "throttle", "address", "203.0.113.7")
    assert ask(alone, app=shop)[0] == "429 Too Many Requests"
    decide(alone, "block", "address", "203.0.113.7")
    assert ask(alone, app=shop)[0] == "403 Forbidden"
    assert ask(alone, REQUEST_METHOD="HEAD", app=shop) == ("403 Forbidden", b"")
    assert shop.bodies == []


def test_answers_to_challenges_are_taken_and_never_reach_the_shop(alone: Guard) -> None:
    shop = Shop()
    assert ask(alone, OWN_PATH, b"challenge=x&answer=1", app=shop)[0] == "403 Forbidden"
    assert ask(alone, OWN_PATH, app=shop)[0] == "403 Forbidden"
    assert ask(alone, OWN_PATH, b"\xff" * 40_000, app=shop)[0] == "403 Forbidden"
    assert shop.bodies == []


def test_a_body_without_length_is_read_only_where_the_server_ends_it(alone: Guard) -> None:
    attack = b"q=" + ATTACK[10:].encode()
    app = GuardMiddleware(Shop(), alone)
    base = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "REMOTE_ADDR": "203.0.113.7",
        "CONTENT_TYPE": FORM, "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_HOST": "shop.example",
    }  # fmt: skip
    told: list[str] = []

    def start_response(status: str, _: Any) -> None:
        told.append(status)

    app({**base, "wsgi.input": io.BytesIO(attack)}, start_response)
    terminated = {**base, "wsgi.input_terminated": True}
    app({**terminated, "wsgi.input": io.BytesIO(attack)}, start_response)
    app({**terminated, "wsgi.input": io.BytesIO(b"q=tea")}, start_response)
    assert told == ["200 OK", "403 Forbidden", "200 OK"]


def test_a_client_that_stops_in_the_middle_of_its_body_does_no_harm(alone: Guard) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):  # as the shop itself would have met it
        ask(alone, "/", b"abc", **{"wsgi.input": Broken()})


def test_the_shop_is_given_the_client_when_it_wants(alone: Guard) -> None:
    shop = Shop()
    told = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "8.8.8.8, 203.0.113.9"}
    ask(alone, app=shop, **told)
    assert shop.environ["REMOTE_ADDR"] == "10.0.0.1"
    object.__setattr__(alone.config, "set_client", True)
    ask(alone, app=shop, **told)
    assert shop.environ["REMOTE_ADDR"] == "203.0.113.9"


def test_who_the_shop_says_it_is_decides_too(alone: Guard) -> None:
    decide(alone, "block", "account", "li.na")
    app = GuardMiddleware(Shop(), alone, identify=lambda environ: Identity((environ["user"],)))
    told: list[str] = []
    for name in ("li.na", "wang.wei"):
        environ: dict[str, Any] = {"user": name}
        setup_testing_defaults(environ)
        app(environ, lambda status, _: told.append(status))
    assert told == ["403 Forbidden", "200 OK"]


def test_events_know_the_request_they_happen_in(alone: Guard) -> None:
    seen: list[str] = []

    def shop(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = current.get()
        seen.append(found.address if found else "")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    ask(alone, app=shop)
    assert seen == ["203.0.113.7"]


TARGETS = [
    ({"RAW_URI": "/a%2Fb?x=%31"}, "/a%2Fb?x=%31"),
    ({"REQUEST_URI": "/a%2Fb?x=1"}, "/a%2Fb?x=1"),
    (
        {"SCRIPT_NAME": "/shop", "PATH_INFO": "/\xe6\x9d\x8e'", "QUERY_STRING": "a=1"},
        "/shop/%E6%9D%8E'?a=1",
    ),
    ({"PATH_INFO": ""}, "/"),
]


@pytest.mark.parametrize(("environ", "target"), TARGETS)
def test_the_target_is_that_of_the_wire(alone: Guard, environ: dict[str, str], target: str) -> None:
    whole = {"REQUEST_METHOD": "GET", "HTTP_HOST": "shop.example", **environ}
    assert incoming_of(alone, whole).request.target == target


reads = st.lists(
    st.tuples(st.sampled_from(["read", "readline"]), st.sampled_from([-1, None, 0, 1, 3, 7, 50])),
    max_size=12,
)


@given(st.text("ab\n", max_size=60).map(str.encode), st.integers(0, 60), reads)
def test_a_replayed_stream_reads_like_the_one_it_replaces(
    body: bytes, seen: int, asked: list[tuple[str, int | None]]
) -> None:
    plain, rest = io.BytesIO(body), io.BytesIO(body)
    replayed = Replayed(rest.read(seen), rest)
    for how, size in asked:
        assert getattr(replayed, how)(size) == getattr(plain, how)(size)
    assert list(replayed) == list(plain)
    assert replayed.read() == b""
    assert replayed.seekable()
