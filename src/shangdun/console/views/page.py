"""What every view stands on: who may see it, which place of the navigation it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from shangdun.records.access import require
from shangdun.records.models import User
from shangdun.records.roles import Capability

P = ParamSpec("P")


class Request(HttpRequest):
    """A request whose person is signed in."""

    user: User
    """Narrower than a plain request's: ``page`` has checked it."""


View = Callable[Concatenate[Request, P], HttpResponseBase]


def page(
    section: str, *needs: Capability, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A view for people who are signed in and hold at least one of the capabilities."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def respond(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            known = cast("Request", request)
            if needs:
                require(known.user, *needs)
            return view(known, *args, **kwargs)

        guarded = login_required(require_http_methods(list(methods))(respond))
        guarded.section = section  # type: ignore[attr-defined]  # read by the frame's context
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)

    return decorate


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where the form asks to go next, if that is here; an address elsewhere is not followed."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else otherwise
