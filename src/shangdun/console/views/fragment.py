"""Pieces of a page that renew themselves, answered with 304 while they stay the same."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString

_RELATIVE = re.compile(r"data-relative>[^<]*<")
"""How long ago something was changes all the time and is kept true by the page itself."""


@dataclass(frozen=True)
class Fragment:
    """A rendered piece and the tag by which a browser asks whether it changed."""

    html: SafeString
    tag: str


def render_fragment(request: HttpRequest, template: str, context: dict[str, Any]) -> Fragment:
    html = SafeString(render_to_string(template, context, request=request))
    return Fragment(html, _tag(_RELATIVE.sub("<", html)))


def answer(request: HttpRequest, fragment: Fragment) -> HttpResponse | HttpResponseNotModified:
    """The fragment, or 304 to a browser that has it."""
    return _conditional(request, HttpResponse(fragment.html), fragment.tag)


def answer_json(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    """The data, or 304 to a browser that has it."""
    response = JsonResponse(data)
    return _conditional(request, response, _tag(response.content.decode()))


def _conditional(request: HttpRequest, response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Language"
    found = get_conditional_response(request, etag=tag, response=response) or response
    found.headers["Cache-Control"] = "private, no-cache"
    return found


def _tag(text: str) -> str:
    return f'"{hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()}"'
