"""In a Django shop: addresses before anything, accounts before the view, uploads whole."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from tests.guard.conftest import decide
from tests.guard.test_guard import ATTACK

from shangdun_guard import django as in_django
from shangdun_guard.guard import OWN_PATH, Guard
from shangdun_guard.incoming import current

web = RequestFactory(HTTP_ACCEPT="text/html", REMOTE_ADDR="203.0.113.7")


@pytest.fixture
def guard(settings: Any, tmp_path: Path) -> Iterator[Guard]:
    settings.SHANGDUN_GUARD = {"folder": tmp_path, "trusted_proxies": ["10.0.0.1"]}
    in_django.guard.cache_clear()
    yield in_django.guard()
    in_django.guard().close()
    in_django.guard.cache_clear()


def shop(request: HttpRequest) -> HttpResponse:
    files = ",".join(f"{f.name}={f.size}" for f in request.FILES.values())
    return HttpResponse(f"{request.POST.get('q', '')}|{files}|{len(request.body or b'')}")


def uploads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(f"{f.name}={f.size}" for f in request.FILES.values()))


def test_a_form_reaches_the_view(guard: Guard) -> None:
    middleware = in_django.GuardMiddleware(shop)
    request = web.post("/", "q=tea", content_type="application/x-www-form-urlencoded")
    assert middleware(request).content == b"tea||5"
    assert middleware(web.get("/")).content == b"||0"


def test_a_large_upload_reaches_the_view_whole(guard: Guard) -> None:
    middleware = in_django.GuardMiddleware(uploads)
    picture = SimpleUploadedFile("tea.png", b"\x89PNG" + bytes(range(256)) * 4000)
    assert middleware(web.post("/", {"picture": picture})).content == b"tea.png=1024004"


def test_what_is_turned_away_never_reaches_the_view(guard: Guard) -> None:
    def never(_: HttpRequest) -> HttpResponse:
        raise AssertionError("reached the shop")

    middleware = in_django.GuardMiddleware(never)
    answer = middleware(web.get(ATTACK))
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    attack = web.post("/", ATTACK[8:], content_type="application/x-www-form-urlencoded")
    assert middleware(attack).status_code == 403
    assert middleware(web.post(OWN_PATH, {"challenge": "x"})).status_code == 403
    decide(guard, "block", "address", "203.0.113.7")
    assert middleware(web.get("/")).status_code == 403


def known(request: HttpRequest, name: str = "li.na", session: str = "key") -> HttpRequest:
    user = SimpleNamespace(is_authenticated=True, pk=17, email="", get_username=lambda: name)
    request.user = user  # type: ignore[assignment]
    request.session = SimpleNamespace(session_key=session)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize(
    ("kind", "value"), [("account", "li.na"), ("account", "17"), ("session", "")]
)
def test_accounts_and_sessions_are_met_before_the_view(guard: Guard, kind: str, value: str) -> None:
    middleware = in_django.GuardMiddleware(shop)
    decide(guard, "challenge", kind, value or guard.digest("key"))
    request = known(web.post("/", {"q": "tea"}, content_type="application/x-www-form-urlencoded"))
    middleware._before(request)
    answer = middleware.process_view(request, shop, (), {})
    assert answer is not None
    assert answer.status_code == 403
    other = known(web.get("/"), "wang.wei", "other")
    other.user.pk = 18  # type: ignore[union-attr]
    middleware._before(other)
    assert middleware.process_view(other, shop, (), {}) is None


def test_an_allowed_address_is_allowed_whatever_its_account(guard: Guard) -> None:
    middleware = in_django.GuardMiddleware(shop)
    decide(guard, "block", "account", "li.na")
    decide(guard, "allow", "address", "203.0.113.7")
    request = known(web.get("/"))
    middleware._before(request)
    assert middleware.process_view(request, shop, (), {}) is None


def test_events_know_their_account_once_it_is_known(guard: Guard) -> None:
    decide(guard, "block", "account", "somebody else")
    middleware = in_django.GuardMiddleware(shop)
    request = known(web.get("/"))
    middleware._before(request)
    middleware.process_view(request, shop, (), {})
    incoming = current.get()
    assert incoming
    assert incoming.identity.account == ("li.na", "17")
    assert incoming.identity.session == guard.digest("key")


def test_under_asgi_the_same_holds(guard: Guard) -> None:
    async def later(request: HttpRequest) -> HttpResponse:
        return shop(request)

    middleware = in_django.GuardMiddleware(later)
    factory = AsyncRequestFactory()
    form = {"content_type": "application/x-www-form-urlencoded"}

    async def ask(request: HttpRequest) -> Any:
        return await middleware(request)  # type: ignore[misc]

    assert asyncio.run(ask(factory.post("/", "q=tea", **form))).content == b"tea||5"
    assert asyncio.run(ask(factory.post("/", ATTACK[8:], **form))).status_code == 403


def test_a_request_that_was_read_before_is_not_read_again(guard: Guard) -> None:
    request = web.post("/", {"q": "tea"})
    assert request.body
    assert in_django._read(request, 100) == (b"", 0)
    assert in_django._read(web.get("/"), 0) == (b"", 0)


def test_the_stream_of_asgi_is_wound_back(guard: Guard) -> None:
    request = web.post("/", "q=tea", content_type="text/plain")
    request._stream = io.BytesIO(b"q=tea")  # type: ignore[attr-defined]
    assert in_django._read(request, 2) == (b"q=", 5)
    assert request.read() == b"q=tea"
