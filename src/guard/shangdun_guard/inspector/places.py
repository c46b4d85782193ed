"""Where a value's bytes stand in its request: worked out only for what is told."""

from __future__ import annotations

from shangdun_guard.inspector.value import BODY, HEAD, METHOD, TARGET, Value
from shangdun_guard.request import Request


def head_of(request: Request) -> bytes:
    """The head as received, or as it would be written with one header a line."""
    if request.head:
        return request.head
    lines = [f"{request.method} {request.target} {request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def span_of(request: Request, value: Value) -> tuple[int, int]:
    """Start and end of the value in head and body as received, in bytes."""
    head = head_of(request)
    if value.part == BODY:
        origin = len(head)
    elif value.part in {HEAD, METHOD}:
        origin = 0
    elif value.part == TARGET:
        origin = max(0, head.find(request.target.encode("latin-1", "replace")))
    else:
        origin = _header_start(head, value.part)
    return origin + value.start, origin + value.end


def _header_start(head: bytes, part: int) -> int:
    """Of the text of header number ``part``; a folded one is found by its first line."""
    position = head.find(b"\n") + 1
    number = -1
    while 0 < position < len(head):
        end = head.find(b"\n", position)
        end = len(head) if end < 0 else end
        line = head[position:end]
        folded = line[:1] in {b" ", b"\t"} and number >= 0
        if line.strip() and not folded:
            number += 1
            if number == part:
                colon = line.find(b":") + 1
                text = line[colon:]
                return position + colon + len(text) - len(text.lstrip())
        position = end + 1
    return 0
