"""A TCP connection with an end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shangdun.runtime.monitor.addresses import Place


@contextmanager
def connected(place: Place, timeout: float) -> Iterator[socket.socket]:
    """A connection that is cut when the time is over, however slowly the other side drips."""
    with socket.socket(place.family, socket.SOCK_STREAM) as plain:
        plain.settimeout(timeout)
        cut = threading.Timer(timeout, _cut, (plain,))
        cut.daemon = True
        cut.start()
        try:
            plain.connect((place.address, place.port))
            yield plain
        finally:
            cut.cancel()


def _cut(plain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)
