"""Looking at the shop from outside, as its probes do: addresses are settled and refused first.

No redirect is followed and every conversation ends within seconds. Who manages measures names
targets: private addresses among them are asked only where an administrator's probe, or the
company's website, is at that host and port. Nothing that a server says is ever repeated, except
what a trusted certificate shows: a measure is no window into the network.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from shangdun import __version__
from shangdun.kernel.config import Config
from shangdun.observe.probe import ProbeKind, host_and_port
from shangdun.observe.settings import monitor_config
from shangdun.runtime.checks.asked import Asked
from shangdun.runtime.monitor.addresses import AddressGuard, NamedGuard
from shangdun.runtime.monitor.connection import connected

TIMEOUT = 6.0
MOST = 6
BODY_BYTES = 64 << 10


@dataclass(frozen=True)
class Handshake:
    """What a server showed in a handshake whose certificate was verified."""

    version: str
    """``TLSv1.3``."""
    cipher: str
    issuer: str
    ends: datetime


def hosts(asked: Asked) -> list[str]:
    """``host:port`` of every server that must speak TLS: named, or of probes and the company."""
    found = list(asked.targets) or [target for target in _configured() if _secure(target)]
    return list(dict.fromkeys(map(_host_port, found)))[:MOST]


def pages(asked: Asked) -> list[str]:
    """Addresses of pages, likewise."""
    found = list(asked.targets) or [target for target in _configured() if "://" in target]
    return list(dict.fromkeys(one if "://" in one else f"https://{one}/" for one in found))[:MOST]


def guard_of(config: Config) -> NamedGuard:
    """Where checks may connect to."""
    named = []
    for target in _configured():
        with suppress(ValueError):  # a website that is none: its check says so
            named.append(host_and_port(_host_port(target), 443))
    return NamedGuard(named, metadata=monitor_config(config).metadata_addresses)


def _configured() -> list[str]:
    from shangdun.records.documents import company  # noqa: PLC0415  needs boot
    from shangdun.runtime.records import enabled_probes  # noqa: PLC0415  as above

    kinds = (ProbeKind.HTTP, ProbeKind.TLS)
    found = [probe.target for probe in enabled_probes() if probe.kind in kinds]
    website = company().website.strip()
    if website:
        found.insert(0, website if "://" in website else f"https://{website}/")
    return found


def _secure(target: str) -> bool:
    return not target.startswith("http://")


def _host_port(target: str) -> str:
    url = urlsplit(target if "://" in target else f"//{target}")
    host, port = url.hostname or "", url.port or (80 if url.scheme == "http" else 443)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def shake_hands(target: str, guard: AddressGuard) -> Handshake:
    """A handshake with the chain and the name verified.

    Raises ``ssl.SSLCertVerificationError``, ``OSError`` or ``UsageError``. Trusted is what the
    machine trusts (``SSL_CERT_FILE``).
    """
    context = ssl.create_default_context()
    host, port = host_and_port(target, 443)
    with (
        connected(guard.resolve(host, port), TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        shown = secure.getpeercert() or {}
        cipher = secure.cipher()
        ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
        return Handshake(secure.version() or "", cipher[0] if cipher else "", _issuer(shown), ends)


def takes_old_versions(target: str, guard: AddressGuard) -> bool | None:
    """Whether the server still speaks TLS 1.1 or older; None: this machine cannot ask for it."""
    context = _old_context()
    if context is None:
        return None
    host, port = host_and_port(target, 443)
    place = guard.resolve(host, port)
    try:
        with (
            connected(place, TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return secure.version() in {"TLSv1", "TLSv1.1"}
    except ssl.SSLError as error:
        return None if "NO_PROTOCOLS" in str(error) or "no protocols" in str(error) else False
    except ConnectionError:
        return False  # refused as soon as it heard the version


def _old_context() -> ssl.SSLContext | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is sent: only the version is of interest
    with warnings.catch_warnings():
        # Python warns of versions this old, which is why they are asked for.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        except (ssl.SSLError, ValueError):
            return None
    return context


def headers_of(page: str, guard: AddressGuard) -> Mapping[str, str]:
    """The headers of a page's answer, by their name in small letters; ``:status`` is its status.

    Raises ``OSError``, ``UsageError`` or ``ValueError``.
    """
    url = urlsplit(page)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError(f"cannot ask {page[:100]}")
    port = url.port or (443 if url.scheme == "https" else 80)
    with connected(guard.resolve(url.hostname, port), TIMEOUT) as plain:
        stream: socket.socket = plain
        if url.scheme == "https":
            context = ssl.create_default_context()
            stream = context.wrap_socket(plain, server_hostname=url.hostname)
        try:
            return _headers(stream, url.netloc.rpartition("@")[2], url.path or "/")
        except http.client.HTTPException as error:
            raise ValueError("this is no HTTP") from error  # what it said instead is not told
        finally:
            stream.close()


def _headers(stream: socket.socket, host: str, path: str) -> Mapping[str, str]:
    connection = http.client.HTTPConnection(host)
    connection.sock = stream
    sent = {"User-Agent": f"ShangDun-check/{__version__}", "Accept": "*/*", "Connection": "close"}
    connection.request("GET", path, headers={"Host": host, **sent})
    response = connection.getresponse()
    response.read(BODY_BYTES)
    found: dict[str, str] = {":status": str(response.status)}
    for name, value in response.getheaders():
        found[name.lower()] = value
    return found


def said(error: Exception) -> str:
    """Why it went wrong, short."""
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    if isinstance(error, ssl.SSLError):
        return "no TLS"
    message = getattr(error, "message", "") or getattr(error, "strerror", "") or str(error)
    return str(message)[:200] or type(error).__name__


def _issuer(shown: Mapping[str, object]) -> str:
    parts = shown.get("issuer")
    names = dict(pair for part in parts for pair in part) if isinstance(parts, tuple) else {}
    return str(names.get("organizationName") or names.get("commonName") or "")
