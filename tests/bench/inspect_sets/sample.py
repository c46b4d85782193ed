"""One labelled request, and where it comes from."""

from __future__ import annotations

from typing import NamedTuple

from shangdun_guard.request import Request


class Sample(NamedTuple):
    request: Request
    origin: str
    """Who made it: sets are fitted on some origins and judged on others."""
    kind: str = ""
    """Of an honest request: what it does; of an attack: its class."""
    attack: bool = False
    note: str = ""
    """The payload, where there is one."""


class Headers:
    """Headers in the order they are added, names in lower case as the inspector reads them."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = list(pairs)

    def add(self, name: str, value: str) -> Headers:
        self.pairs.append((name.lower(), value))
        return self

    def set(self, name: str, value: str) -> Headers:
        self.pairs = [pair for pair in self.pairs if pair[0] != name.lower()]
        return self.add(name, value)

    def get(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name.lower()), "")


def latin(text: str) -> str:
    """Text as a server sees it: the bytes of UTF-8, read as latin-1."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def request(method: str, target: str, headers: Headers, body: bytes | str = b"") -> Request:
    """A request with its Content-Length, as it stood on the wire."""
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    if body or method in ("POST", "PUT", "PATCH"):
        headers.set("content-length", str(len(body)))
    wire = tuple((name, latin(value)) for name, value in headers.pairs)
    return Request(method, latin(target), wire, body, body_size=len(body))
