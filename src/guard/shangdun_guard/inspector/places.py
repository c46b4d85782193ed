"""Where a value's bytes stand in its request: worked out only for what is told."""

from __future__ import annotations

from shangdun_guard.inspector.value import BODY, HEAD, METHOD, TARGET, Value
from shangdun_guard.request import Request


class Places:
    """Offsets into one request: head, blank line and body as received."""

    def __init__(self, request: Request) -> None:
        self._head = request.head or _written(request)
        self._target = max(0, self._head.find(request.target.encode("latin-1", "replace")))
        self._headers = _header_starts(self._head)
        self._message = self._head + request.body

    def span(self, value: Value) -> tuple[int, int]:
        """Start and end of the value, in bytes."""
        if value.part == BODY:
            origin = len(self._head)
        elif value.part == TARGET:
            origin = self._target
        elif value.part in {HEAD, METHOD}:
            origin = 0
        else:
            origin = self._headers[value.part] if value.part < len(self._headers) else 0
        return origin + value.start, origin + value.end

    def bytes_of(self, start: int, end: int) -> bytes:
        """What stands there."""
        return self._message[start:end]


def _written(request: Request) -> bytes:
    """The head as it would be written with one header a line: what came is not known."""
    lines = [f"{request.method} {request.target} {request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _header_starts(head: bytes) -> list[int]:
    """Where the text of each header starts; a folded one by its first line."""
    starts: list[int] = []
    position = head.find(b"\n") + 1
    while 0 < position < len(head):
        end = head.find(b"\n", position)
        end = len(head) if end < 0 else end
        line = head[position:end]
        if line.strip() and not (line[:1] in {b" ", b"\t"} and starts):
            text = line[line.find(b":") + 1 :]
            starts.append(end - len(text.lstrip()))
        position = end + 1
    return starts
