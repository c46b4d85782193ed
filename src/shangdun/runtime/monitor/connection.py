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
    """A connection that is cut when the time is over, however slowly the other side drips.

    Raises ``TimeoutError`` then, also where what was read until the cut looks complete.
    """
    with socket.socket(place.family, socket.SOCK_STREAM) as plain:
        plain.settimeout(timeout)
        over = threading.Event()
        cut = threading.Timer(timeout, _cut, (plain, over))
        cut.daemon = True
        cut.start()
        try:
            plain.connect((place.address, place.port))
            yield plain
        except (OSError, ValueError) as error:
            if over.is_set():
                raise TimeoutError from error
            raise
        finally:
            cut.cancel()
        if over.is_set():
            raise TimeoutError


def _cut(plain: socket.socket, over: threading.Event) -> None:
    over.set()
    with contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)
