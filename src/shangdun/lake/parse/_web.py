"""Columns of an HTTP request, for the formats that carry the whole of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shangdun.lake.classes import HTTP_METHODS
from shangdun.lake.parse._values import Flat, json_text

HTTP_ACTIVITY = 4002
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")

_HEADER_COLUMNS = {
    "host": "http_request.url.hostname",
    "user-agent": "http_request.user_agent",
    "referer": "http_request.referrer",
    "cookie": "http_request.cookies",
    "content-type": "http_request.content_type",
    "x-forwarded-for": "http_request.x_forwarded_for",
}


def split_target(target: str) -> tuple[str, str | None]:
    """Path and query of a request target; of an absolute one the authority is left out."""
    absolute = _ABSOLUTE.match(target)
    path, asked, query = target[absolute.end() if absolute else 0 :].partition("?")
    return path, query if asked else None


def target_columns(method: str | None, target: str | None) -> Flat:
    """Class, activity and the columns of the request's target."""
    columns: Flat = {"class_uid": HTTP_ACTIVITY, "activity_id": 0}
    if method is not None:
        columns["activity_id"] = HTTP_METHODS.get(method, 99)
        columns["http_request.http_method"] = method
    if target is not None:
        path, query = split_target(target)
        columns["http_request.url.url_string"] = target
        columns["http_request.url.path"] = path
        if query is not None:
            columns["http_request.url.query_string"] = query
    return columns


def header_columns(headers: Iterable[tuple[str, str]]) -> Flat:
    """The headers as a JSON list of pairs, and the usual ones in their own columns.

    Of a header that comes twice the first is taken for its column, as servers do.
    """
    pairs = list(headers)
    columns: Flat = {"http_request.headers": json_text(pairs)}
    for name, value in pairs:
        column = _HEADER_COLUMNS.get(name.lower())
        if column == "http_request.url.hostname":
            host, port = split_port(value)
            columns.setdefault(column, host)
            if port is not None:
                columns.setdefault("http_request.url.port", port)
        elif column is not None:
            columns.setdefault(column, value)
    return columns


def split_port(host: str) -> tuple[str, int | None]:
    """``shop.example:8080`` as name and port; an IPv6 address keeps its brackets."""
    match = re.fullmatch(r"(.*):(\d{1,5})", host)
    return (match[1], int(match[2])) if match else (host, None)
