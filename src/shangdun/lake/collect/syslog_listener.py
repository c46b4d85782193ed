"""Syslog over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425), into the spool."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import msgspec

from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import ConfigError
from shangdun.lake.collect.framing import MESSAGE_LIMIT, Framer
from shangdun.lake.collect.outbox import Outbox
from shangdun.lake.collect.payload import one_line
from shangdun.lake.collect.spool import Spool

MAX_CONNECTIONS = 512
HANDSHAKE_SECONDS = 10.0
_RECEIVE_BUFFER = 8 << 20
_READ_BYTES = 64 << 10
_ROUND = 256
"""Datagrams, or reads of a connection, before others get their turn."""
_SO_RXQ_OVFL = getattr(socket, "SO_RXQ_OVFL", 40)  # Linux; Python has no name for it


class SyslogStats(msgspec.Struct, frozen=True, kw_only=True):
    """What a listener has seen since its start."""

    messages: int
    stored: int
    waiting: int
    cut: int
    """Messages longer than the limit, or unfinished when their connection ended."""
    dropped: int
    """Datagrams the kernel had no room for, and messages given up at the end."""
    connections: int
    refused: int
    """Connections closed to make room for others, or whose TLS handshake failed."""
    error: str


@dataclass(eq=False)
class _Connection:
    socket: socket.socket
    framer: Framer
    ready: bool
    """TLS: the handshake is done."""
    active_at: float = field(default_factory=time.monotonic)


class SyslogListener:
    """Listens at one address for one source; bound when made, serving from ``start`` to ``close``.

    ``store`` takes the source's name and lines and returns when they are safe (``Spool.append``).
    While it fails, senders over TCP and TLS are made to wait, and over UDP the kernel's buffer
    fills; what it drops is counted.
    """

    def __init__(
        self,
        source: str,
        listen: str,
        store: Callable[[str, list[bytes]], None],
        *,
        certificate: str = "",
        key: str = "",
        max_connections: int = MAX_CONNECTIONS,
        message_limit: int = MESSAGE_LIMIT,
    ) -> None:
        self.source = source
        self._max_connections = max_connections
        self._limit = message_limit
        url = _parsed(source, listen)
        self._tls = _tls_context(source, certificate, key) if url.scheme == "tls" else None
        self._socket = _bound(source, url)
        self._datagrams = url.scheme == "udp"
        self._selector = selectors.DefaultSelector()
        self._waker, self._wakened = socket.socketpair()
        self._connections: dict[socket.socket, _Connection] = {}
        self._unread: set[_Connection] = set()
        """Connections left with data that the selector need not know of: TLS decrypts ahead."""
        self._messages = self._cut = self._kernel_drops = self._refused = 0
        self._stopping = False
        self._store = store
        self._outbox: Outbox | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens; tells the port that was chosen for port 0."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def start(self) -> None:
        """Begin to serve, in threads of its own."""
        name = f"syslog-{self.source}"
        self._outbox = Outbox(lambda lines: self._store(self.source, lines), name)
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take in what has arrived, store it, close."""
        self._stopping = True
        if self._thread:
            self._waker.send(b"x")
            self._thread.join()
        if self._outbox:
            self._outbox.stop()
        for end in (self._socket, self._waker, self._wakened):
            end.close()
        self._selector.close()

    def stats(self) -> SyslogStats:
        """Counters; safe from any thread."""
        outbox = self._outbox
        return SyslogStats(
            messages=self._messages,
            stored=outbox.stored if outbox else 0,
            waiting=outbox.waiting if outbox else 0,
            cut=self._cut,
            dropped=self._kernel_drops + (outbox.lost if outbox else 0),
            connections=len(self._connections),
            refused=self._refused,
            error=outbox.error if outbox else "",
        )

    def _serve(self) -> None:
        swept_at = time.monotonic()
        while not self._stopping:
            if self._outbox and self._outbox.full:
                time.sleep(0.01)  # not reading is what makes senders wait
                continue
            self._serve_ready()
            if time.monotonic() - swept_at > 1:
                swept_at = time.monotonic()
                self._sweep(swept_at)
        self._take_last()

    def _serve_ready(self) -> None:
        unread, self._unread = self._unread, set()
        for connection in unread:
            self._read(connection)
        for key, _ in self._selector.select(timeout=0 if self._unread else 1.0):
            if key.fileobj is self._socket:
                self._read_datagrams() if self._datagrams else self._accept()
            elif key.data and key.data.socket in self._connections:
                self._read(key.data)

    def _take_last(self) -> None:
        if self._datagrams:
            self._read_datagrams()
        for connection in list(self._connections.values()):
            self._read(connection)
            self._end(connection)  # a message it did not finish is taken as it is

    def _put(self, messages: list[bytes]) -> None:
        if messages and self._outbox:
            self._messages += len(messages)
            self._outbox.put([one_line(message) for message in messages])

    # Datagrams

    def _read_datagrams(self) -> None:
        messages = []
        for _ in range(_ROUND):
            try:
                data, extra, _flags, _peer = self._socket.recvmsg(65535, socket.CMSG_SPACE(4))
            except BlockingIOError:
                break
            except OSError:
                continue  # an ICMP error of an earlier exchange
            for level, kind, value in extra:
                if (level, kind) == (socket.SOL_SOCKET, _SO_RXQ_OVFL):
                    self._kernel_drops = struct.unpack("I", value)[0]
            if len(data) > self._limit:
                self._cut += 1
            if data.strip(b"\r\n\0 "):
                messages.append(data[: self._limit])
        self._put(messages)

    # Connections

    def _accept(self) -> None:
        try:
            accepted, _ = self._socket.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                time.sleep(0.05)  # no descriptor free: the connection waits in the backlog
            return
        accepted.settimeout(0)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if self._tls:
            accepted = self._tls.wrap_socket(
                accepted, server_side=True, do_handshake_on_connect=False
            )
        if len(self._connections) >= self._max_connections:
            self._refused += 1
            self._end(min(self._connections.values(), key=lambda other: other.active_at))
        connection = _Connection(accepted, Framer(self._limit), ready=self._tls is None)
        self._connections[accepted] = connection
        self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _read(self, connection: _Connection) -> None:
        try:
            if not connection.ready and not self._shake_hands(connection):
                return
            for _ in range(_ROUND):
                data = connection.socket.recv(_READ_BYTES)
                if not data:
                    self._end(connection)
                    return
                connection.active_at = time.monotonic()
                self._put(connection.framer.feed(data))
                if self._outbox and self._outbox.full:
                    break
            self._unread.add(connection)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:  # also what TLS finds wrong with the stream
            self._refused += not connection.ready
            self._end(connection)

    def _shake_hands(self, connection: _Connection) -> bool:
        wrapped = connection.socket
        if not isinstance(wrapped, ssl.SSLSocket):
            return True
        try:
            wrapped.do_handshake()
        except ssl.SSLWantWriteError:
            both = selectors.EVENT_READ | selectors.EVENT_WRITE
            self._selector.modify(wrapped, both, connection)
            return False
        self._selector.modify(wrapped, selectors.EVENT_READ, connection)
        connection.ready = True
        return True

    def _sweep(self, moment: float) -> None:
        for connection in list(self._connections.values()):
            if not connection.ready and moment - connection.active_at > HANDSHAKE_SECONDS:
                self._refused += 1
                self._end(connection)

    def _end(self, connection: _Connection) -> None:
        if self._connections.pop(connection.socket, None) is None:
            return
        self._unread.discard(connection)
        self._put(connection.framer.close())
        self._cut += connection.framer.cut
        self._selector.unregister(connection.socket)
        with contextlib.suppress(OSError):
            connection.socket.close()


def listen(config: SourceConfig, spool: Spool) -> SyslogListener:
    """Serve a source's ``listen`` address from now on; raises ``ConfigError`` where it cannot."""
    listener = SyslogListener(
        config.name,
        config.listen,
        spool.append,
        certificate=config.tls_certificate,
        key=config.tls_key,
    )
    listener.start()
    return listener


def _parsed(source: str, listen: str) -> SplitResult:
    url = urlsplit(listen)
    try:
        valid = url.scheme in {"udp", "tcp", "tls"} and url.hostname and url.port is not None
    except ValueError:
        valid = False
    if not valid:
        raise ConfigError(
            f"cannot listen at {listen!r}",
            where=f"source {source!r}",
            fix="write udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT, as in udp://[::]:5514",
        )
    return url


def _tls_context(source: str, certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key or None)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the certificate {certificate!r} or its key {key!r} cannot be used: {error}",
            where=f"source {source!r}",
            fix="set tls_certificate and tls_key to PEM files that belong together",
        ) from error
    return context


def _bound(source: str, url: SplitResult) -> socket.socket:
    kind = socket.SOCK_DGRAM if url.scheme == "udp" else socket.SOCK_STREAM
    where = f"source {source!r}"
    try:
        found = socket.getaddrinfo(url.hostname, url.port, type=kind, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigError(
            f"unknown address {url.hostname!r}: {error}", where=where, fix="use an IP address"
        ) from error
    family, _, _, _, address = found[0]
    listener = socket.socket(family, kind)
    try:
        if family == socket.AF_INET6:
            # "::" takes IPv4 too, as people expect of "everywhere".
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, url.hostname != "::")
        if kind == socket.SOCK_STREAM:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            listener.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
        listener.settimeout(0)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen(128)
    except OSError as error:
        listener.close()
        raise _cannot_listen(error, url, where) from error
    return listener


def _cannot_listen(error: OSError, url: SplitResult, where: str) -> ConfigError:
    fixes = {
        errno.EADDRINUSE: "another program listens there: stop it or take another port",
        errno.EACCES: "ports below 1024 need a privilege: take one above, such as 5514",
        errno.EADDRNOTAVAIL: "this machine has no such address: use one of its own, or 0.0.0.0",
    }
    fix = fixes.get(error.errno or 0, "check the address")
    return ConfigError(f"cannot listen at {url.geturl()}: {error.strerror}", where=where, fix=fix)
