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
        # TLS takes the socket's descriptor away, so what cuts the connection has one of its own
        handle = plain.dup()
        cut = threading.Timer(timeout, _cut, (handle, over))
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
            cut.join()
            handle.close()
        if over.is_set():
            raise TimeoutError


def _cut(handle: socket.socket, over: threading.Event) -> None:
    over.set()
    with contextlib.suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
