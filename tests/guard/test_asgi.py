"""ASGI: bodies replayed, streams untouched, websockets guarded when they open, lifespan passed."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.guard.conftest import decide
from tests.guard.test_guard import ATTACK

from shangdun_guard.asgi import GuardMiddleware
from shangdun_guard.guard import OWN_PATH, Guard
from shangdun_guard.incoming import Identity

Message = dict[str, Any]


def http(target: str = "/", method: str = "GET", **headers: str) -> Message:
    path, _, query = target.partition("?")
    given = {"host": "shop.example", "accept": "text/html", **headers}
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "http_version": "1.1", "scheme": "http",
        "client": ("203.0.113.7", 4711),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
    }  # fmt: skip


class Shop:
    """An application that keeps what reached it and streams its answer."""

    def __init__(self) -> None:
        self.scopes: list[Message] = []
        self.body = b""
        self.pulled = 0

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] != "http":
            await send({"type": f"{scope['type']}.accept"})
            return
        more = True
        while more:
            message = await receive()
            self.pulled += 1
            if message["type"] == "http.disconnect":
                return
            self.body += message.get("body", b"")
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"a", b"b", b""):
            await send({"type": "http.response.body", "body": part, "more_body": bool(part)})


def run(
    guard: Guard, scope: Message, *messages: Message, shop: Any = None, **more: Any
) -> list[Message]:
    """Everything that was sent."""
    waiting, sent = list(messages), []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(GuardMiddleware(shop or Shop(), guard, **more)(scope, receive, send))
    return sent


def body(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": data, "more_body": more}


def test_a_response_is_passed_on_message_by_message(alone: Guard) -> None:
    sent = run(alone, http(), body(b""))
    assert [message.get("body") for message in sent] == [None, b"a", b"b", b""]


def test_a_body_is_whole_again_and_only_its_beginning_is_held(alone: Guard) -> None:
    shop = Shop()
    parts = [body(b"x" * 20_000, more=True) for _ in range(20)] + [body(b"end")]
    run(alone, http("/", "POST", content_length="400003"), *parts, shop=shop)
    assert shop.body == b"x" * 400_000 + b"end"
    assert shop.pulled == 21


def test_a_body_that_comes_slowly_is_not_read_ahead_further_than_the_limit(alone: Guard) -> None:
    pulled = 0

    async def receive() -> Message:
        nonlocal pulled
        pulled += 1
        return body(b"x" * 30_000, more=True)

    async def shop(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(_: Message) -> None:
        pass

    asyncio.run(GuardMiddleware(shop, alone)(http("/", "POST", content_length="9"), receive, send))
    assert pulled == 3  # 64 KiB


def test_an_attack_in_any_part_of_the_beginning_is_found(alone: Guard) -> None:
    shop, attack = Shop(), b"q=" + ATTACK[10:].encode()
    form = {"content_type": "application/x-www-form-urlencoded", "transfer_encoding": "chunked"}
    parts = [body(bytes([byte]), more=True) for byte in attack]
    sent = run(alone, http("/", "POST", **form), *parts, body(b""), shop=shop)
    assert sent[0]["status"] == 403
    assert shop.scopes == []
    assert run(alone, http(ATTACK), shop=shop)[0]["status"] == 403


def test_a_client_that_goes_away_before_its_request_is_whole_costs_nothing(alone: Guard) -> None:
    shop = Shop()
    sent = run(
        alone, http("/", "POST", content_length="10"), body(b"abc", more=True),
        {"type": "http.disconnect"}, shop=shop,
    )  # fmt: skip
    assert (sent, shop.scopes) == ([], [])


def test_a_get_waits_for_no_body(alone: Guard) -> None:
    async def never() -> Message:
        raise AssertionError("nothing is to be received")

    async def shop(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    sent = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(GuardMiddleware(shop, alone)(http(), never, send))
    assert sent[0]["status"] == 204


def test_a_websocket_is_guarded_at_its_handshake(alone: Guard) -> None:
    scope = {**http("/live"), "type": "websocket", "scheme": "ws"}
    del scope["method"]
    connect = {"type": "websocket.connect"}
    assert run(alone, scope, connect) == [{"type": "websocket.accept"}]
    attack = {**scope, "query_string": ATTACK.partition("?")[2].encode()}
    assert run(alone, attack, connect) == [{"type": "websocket.close", "code": 1008}]
    decide(alone, "block", "address", "203.0.113.7")
    assert run(alone, scope, connect) == [{"type": "websocket.close", "code": 1008}]


def test_lifespan_and_what_is_not_known_pass(alone: Guard) -> None:
    shop = Shop()
    run(alone, {"type": "lifespan"}, shop=shop)
    run(alone, {"type": "mqtt"}, shop=shop)
    assert [scope["type"] for scope in shop.scopes] == ["lifespan", "mqtt"]


def test_answers_to_challenges_are_taken_here(alone: Guard) -> None:
    shop = Shop()
    post = http(OWN_PATH, "POST", content_length="3")
    assert run(alone, post, body(b"x=1"), shop=shop)[0]["status"] == 403
    assert shop.scopes == []


def test_who_the_shop_says_it_is_decides_too(alone: Guard) -> None:
    decide(alone, "challenge", "account", "li.na")
    scope = {**http(), "user": "li.na"}
    sent = run(alone, scope, body(b""), identify=lambda scope: Identity((scope["user"],)))
    assert sent[0]["status"] == 403


def test_a_head_request_gets_the_length_and_no_body(alone: Guard) -> None:
    decide(alone, "block", "address", "203.0.113.7")
    start, end = run(alone, http("/", "HEAD"))
    assert end["body"] == b""
    assert int(dict(start["headers"])[b"content-length"]) > 500


def test_the_shop_is_given_the_client_when_it_wants(alone: Guard) -> None:
    object.__setattr__(alone.config, "set_client", True)
    shop = Shop()
    scope = {**http("/", x_forwarded_for="8.8.8.8, 203.0.113.9"), "client": ("10.0.0.1", 1)}
    run(alone, scope, body(b""), shop=shop)
    assert shop.scopes[0]["client"] == ("203.0.113.9", 0)
    run(alone, {**scope, "client": None}, body(b""), shop=shop)
    assert shop.scopes[1]["client"] is None
