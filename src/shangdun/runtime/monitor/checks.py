"""One check of each kind, over the network; every failure becomes a ``Check`` that says why."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dns.exception
import dns.resolver

from shangdun.kernel.clock import Clock, to_millis
from shangdun.kernel.errors import ShangdunError
from shangdun.observe.probe import Check, Probe, ProbeKind, allowed_statuses, host_and_port
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.connection import connected
from shangdun.runtime.monitor.request import Answer, fetch

DAY_SECONDS = 86_400


class Checker:
    """Runs checks; safe for several threads."""

    def __init__(self, guard: AddressGuard, clock: Clock) -> None:
        self._guard = guard
        self._clock = clock
        self._ways: dict[ProbeKind, Callable[[Probe], dict[str, Any]]] = {
            ProbeKind.HTTP: self._http,
            ProbeKind.TCP: self._tcp,
            ProbeKind.DNS: self._dns,
            ProbeKind.TLS: self._tls,
        }

    def check(self, probe: Probe) -> Check:
        """Ask once; never raises."""
        at = to_millis(self._clock.now())
        began = time.perf_counter()
        try:
            found = self._ways[probe.kind](probe)
        except (OSError, ShangdunError, ValueError, dns.exception.DNSException) as error:
            found = {"detail": _explained(error, probe)}
        millis = found.pop("millis", None) or 1000 * (time.perf_counter() - began)
        slow = probe.latency_ms and millis > probe.latency_ms
        if slow and not found.get("detail"):
            found["detail"] = f"took {millis:.0f} ms, at most {probe.latency_ms:.0f} are good"
        return Check(at=at, ok=not found.get("detail"), millis=round(millis, 2), **found)

    def _http(self, probe: Probe) -> dict[str, Any]:
        answer = fetch(probe, self._guard)
        return {
            "status": answer.status,
            "millis": answer.millis,
            "days_left": self._days(answer.certificate),
            "detail": _judged(answer, probe),
        }

    def _tcp(self, probe: Probe) -> dict[str, Any]:
        began = time.perf_counter()
        with connected(self._guard.resolve(*host_and_port(probe.target)), probe.timeout):
            return {"millis": 1000 * (time.perf_counter() - began)}

    def _tls(self, probe: Probe) -> dict[str, Any]:
        host, port = host_and_port(probe.target, 443)
        began = time.perf_counter()
        context = ssl.create_default_context()
        place = self._guard.resolve(host, port)
        with (
            connected(place, probe.timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            millis = 1000 * (time.perf_counter() - began)
            return {"millis": millis, "days_left": self._days(secure.getpeercert())}

    def _dns(self, probe: Probe) -> dict[str, Any]:
        resolver = dns.resolver.Resolver(configure=not probe.resolver)
        if probe.resolver:
            address, port = host_and_port(probe.resolver, 53)
            self._guard.check(address)
            resolver.nameservers, resolver.port = [address], port
        answer = resolver.resolve(probe.target, probe.record, lifetime=probe.timeout, search=False)
        found = tuple(sorted(record.to_text().rstrip(".").lower() for record in answer))[:20]
        wanted = {text.rstrip(".").lower() for text in probe.answers}
        strange = [text for text in found if wanted and text not in wanted]
        detail = f"answered {', '.join(strange)}, which was not expected" if strange else ""
        return {"answers": found, "detail": detail}

    def _days(self, certificate: Any) -> float | None:  # noqa: ANN401  as the ssl module gives it
        if not certificate or "notAfter" not in certificate:
            return None
        ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
        return round((ends - self._clock.now()).total_seconds() / DAY_SECONDS, 2)


def _judged(answer: Answer, probe: Probe) -> str:
    if not any(answer.status in allowed for allowed in allowed_statuses(probe.status)):
        return f"answered {answer.status}, expected {probe.status}"
    if probe.text and probe.text not in answer.text:
        return "the text that should be on the page is not there"
    return ""


def _explained(error: Exception, probe: Probe) -> str:
    if isinstance(error, (TimeoutError, dns.resolver.LifetimeTimeout)):
        return f"no answer within {probe.timeout:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not good: {error.verify_message}"
    if isinstance(error, dns.resolver.NXDOMAIN):
        return "the name does not exist"
    if isinstance(error, ShangdunError):
        return error.message
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:300]
