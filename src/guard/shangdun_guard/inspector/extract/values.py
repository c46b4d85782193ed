"""All values of a request, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun_guard.inspector.extract.body import body_values
from shangdun_guard.inspector.extract.headers import header_values
from shangdun_guard.inspector.extract.target import target_values
from shangdun_guard.inspector.value import METHOD, Value
from shangdun_guard.request import Request


def values_of(request: Request) -> Iterator[Value]:
    """Method, path, query, headers, cookies and body; never raises, in linear time.

    Everything, also what is harmless by its characters: for profiles of routes. The body as it
    stands, not inflated.
    """
    yield Value("method", "", request.method, METHOD, 0, len(request.method))
    host = next((text for name, text in request.headers if name == "host"), "")
    yield from target_values(request.target, host)
    for part, (name, text) in enumerate(request.headers):
        yield from header_values(part, name, text)
    if request.body:
        content_type = next((text for name, text in request.headers if name == "content-type"), "")
        yield from body_values(request.body.decode("latin-1"), content_type)
