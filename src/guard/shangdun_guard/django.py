"""The guard in a Django shop: one line in ``MIDDLEWARE``, one dictionary in the settings.

    MIDDLEWARE = ["shangdun_guard.django.GuardMiddleware", ...]     # the first
    SHANGDUN_GUARD = {"url": "https://shangdun.example", "key": "…", "source": "shop", "token": "…"}

    from shangdun_guard.django import guard
    guard().event("order.created", order={"uid": "10017", "total": 129.0, "currency": "CNY"})

Addresses are judged before anything of the shop runs; accounts, sessions and devices just before
the view, when Django knows them.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shangdun_guard.answers import Answer
from shangdun_guard.decisions import CHALLENGE
from shangdun_guard.guard import OWN_BYTES, Guard
from shangdun_guard.incoming import Identity, Incoming, current
from shangdun_guard.wsgi import Replayed, incoming_of

_ATTRIBUTE = "shangdun_guard_incoming"
View = Callable[..., HttpResponseBase]


@lru_cache(maxsize=1)
def guard() -> Guard:
    """The guard of this process, as ``settings.SHANGDUN_GUARD`` and the environment say."""
    return Guard(getattr(settings, "SHANGDUN_GUARD", {}))


class GuardMiddleware:
    """For WSGI and ASGI; belongs at the top of ``MIDDLEWARE``."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self.guard = guard()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """See Django's documentation of middleware."""
        if self._is_async:
            return self._later(request)
        answer = self._before(request)
        return answer or cast("HttpResponseBase", self.get_response(request))

    def process_view(
        self, request: HttpRequest, _view: View, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Decisions about accounts and sessions, which are known now."""
        incoming = getattr(request, _ATTRIBUTE, None)
        if incoming is None:
            return None
        known = replace(incoming, identity=self._identity(request, incoming))
        setattr(request, _ATTRIBUTE, known)
        current.set(known)
        ruling = self.guard.rule_known(known)
        if ruling is None:
            return None
        body = _form_of(request) if ruling.action == CHALLENGE else (b"", -1)
        answer = self.guard.act(known, ruling, *body)
        return _response(answer) if answer else None

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._before(request)
        return answer or await cast("Awaitable[HttpResponseBase]", self.get_response(request))

    def _before(self, request: HttpRequest) -> HttpResponse | None:
        incoming = incoming_of(self.guard, request.META)
        setattr(request, _ATTRIBUTE, incoming)
        if self.guard.own(incoming):
            body, _ = _read(request, OWN_BYTES)
            return _response(self.guard.take_answer(incoming, body))
        ruling = self.guard.rule(incoming)
        body, size = _read(request, self.guard.wants_body(incoming, ruling))
        answer = self.guard.settle(incoming, ruling, body, size)
        current.set(incoming)
        return _response(answer) if answer else None

    def _identity(self, request: HttpRequest, incoming: Incoming) -> Identity:
        user = getattr(request, "user", None) if self.guard.decisions.knows("account") else None
        account: tuple[str, ...] = ()
        if user is not None and user.is_authenticated:
            names = (user.get_username(), str(user.pk), getattr(user, "email", ""))
            account = tuple(name for name in dict.fromkeys(names) if name)
        session = getattr(getattr(request, "session", None), "session_key", None)
        device = getattr(request, "shangdun_device", "") or incoming.identity.device
        return Identity(account, self.guard.digest(session) if session else "", device)


def _read(request: HttpRequest, limit: int) -> tuple[bytes, int]:
    """The body's beginning and its announced size; the stream is as if unread afterwards.

    Django keeps a request's stream in ``_stream`` and has no public way to look ahead in it.
    """
    stream = getattr(request, "_stream", None)
    if not limit or stream is None or getattr(request, "_read_started", True):
        return b"", 0
    body = stream.read(limit)
    if isinstance(stream, io.IOBase) and stream.seekable():  # ASGI: a file that holds it all
        stream.seek(0)
    else:
        cast("Any", request)._stream = Replayed(body, stream)  # noqa: SLF001  see above
    announced = request.META.get("CONTENT_LENGTH") or ""
    return body, int(announced) if announced.isdigit() else len(body) + (len(body) == limit)


def _form_of(request: HttpRequest) -> tuple[bytes, int]:
    if request.content_type != "application/x-www-form-urlencoded":
        return b"", -1
    body = request.POST.urlencode().encode()
    return body, len(body)


def _response(answer: Answer) -> HttpResponse:
    made = HttpResponse(answer.body, status=answer.status)
    del made.headers["Content-Type"]
    for name, value in answer.headers:
        made.headers[name] = value
    return made
