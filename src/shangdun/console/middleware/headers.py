"""Response headers that hold a page to its own script, style and origin."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}


STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_STEERING_BYTES = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)
"""The same in UTF-8: what turns letters round or steers a terminal, also within a form's field."""


def _made_visible(response: HttpResponseBase) -> None:
    """No page carries such signs: attackers write titles too. They stand there as their numbers."""
    html = response.headers.get("Content-Type", "").startswith("text/html")
    if not html or not isinstance(response, HttpResponse):
        return
    if _STEERING_BYTES.search(response.content):
        text = response.content.decode("utf-8", "replace")
        told = STEERING.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)
        response.content = told.encode()
        if "Content-Length" in response.headers:  # it was counted before; a browser stops there
            response.headers["Content-Length"] = str(len(response.content))


def protect(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: every answer carries the headers; no cache keeps pages about people."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        _made_visible(response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # a download asks for a stricter policy
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond
