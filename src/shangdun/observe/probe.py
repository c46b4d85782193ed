"""Probes: what is asked of the shop from outside, and what the answers say of it over time."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shangdun.observe.alarm import REMIND_MS, Change

CHECKS_KEPT = 90
HOUR_MS = 3_600_000
HOURS_KEPT = 24 * 30


class ProbeKind(StrEnum):
    """How a probe asks."""

    HTTP = "http"
    TCP = "tcp"
    DNS = "dns"
    TLS = "tls"


class Condition(StrEnum):
    """How the probed thing is, as far as is known."""

    UNKNOWN = "unknown"
    UP = "up"
    FAILING = "failing"
    """It failed, but not yet as often in a row as counts."""
    DOWN = "down"


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One probe as it was set up. Durations in seconds, ``latency_ms`` in milliseconds."""

    uid: int
    name: str
    kind: ProbeKind
    target: str
    """``https://shop.example/`` for HTTP, ``host:port`` for TCP and TLS, a host name for DNS."""
    interval: float = 60.0
    timeout: float = 10.0
    retries: int = 2
    """Further failures in a row before it counts as down; retried sooner than the interval."""
    status: str = "200-399"
    """HTTP: what may be answered: numbers and ranges, ``200,301-302``."""
    text: str = ""
    """HTTP: what must stand in the first 256 KiB of the body."""
    redirects: int = 5
    """HTTP: how many are followed; 0: none, the answer itself is judged."""
    latency_ms: float = 0.0
    """An answer that takes longer is a failure; 0: any time within the timeout is good."""
    answers: tuple[str, ...] = ()
    """DNS: what may be answered; anything else is taken for a hijack. Empty: any answer."""
    record: str = "A"
    """DNS: type asked for."""
    resolver: str = ""
    """DNS: address of the server asked, with a port if it is not 53; empty: the machine's own."""

    @property
    def host(self) -> str:
        """The host that is probed, without scheme, port and path."""
        rest = self.target.partition("://")[2] or self.target
        authority = rest.partition("/")[0].rpartition("@")[2]
        if authority.startswith("["):
            return authority[1:].partition("]")[0]
        return authority.partition(":")[0]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, or that there was none."""

    at: int
    ok: bool
    millis: float = 0.0
    detail: str = ""
    """Why it failed, in words."""
    status: int | None = None
    days_left: float | None = None
    """Of the certificate, where one was shown."""
    answers: tuple[str, ...] = ()


class Hour(msgspec.Struct):
    """How an hour went, in milliseconds of observation."""

    up: float = 0.0
    down: float = 0.0
    checks: int = 0
    slowness: float = 0.0
    """Milliseconds of all good answers together; ``good`` counts them."""
    good: int = 0


class ProbeState(msgspec.Struct, kw_only=True):
    """What the checks of one probe say so far."""

    uid: int
    condition: Condition = Condition.UNKNOWN
    since: int = 0
    """When it came into this condition, ms."""
    failures: int = 0
    """In a row."""
    last: Check | None = None
    said: int = 0
    days_left: float | None = None
    checks: list[tuple[int, float, bool]] = msgspec.field(default_factory=list)
    """The last ones: at, milliseconds, good."""
    hours: dict[int, Hour] = msgspec.field(default_factory=dict)
    """By the hour since the epoch."""

    def take(self, check: Check, probe: Probe) -> Change | None:
        """Note an answer; says when the probe went down, is down an hour more, or came back."""
        self._account(check, probe)
        self.last = check
        if check.days_left is not None:
            self.days_left = check.days_left
        self.checks = [*self.checks, (check.at, check.millis, check.ok)][-CHECKS_KEPT:]
        if check.ok:
            was = self.condition
            self.failures = 0
            self._become(Condition.UP, check.at)
            return Change.CLEARED if was is Condition.DOWN else None
        self.failures += 1
        if self.failures <= probe.retries:
            if self.condition is not Condition.DOWN:
                self._become(Condition.FAILING, check.at)
            return None
        if self.condition is Condition.DOWN:
            if check.at - self.said < REMIND_MS:
                return None
            self.said = check.at
            return Change.STANDING
        self._become(Condition.DOWN, check.at)
        self.said = check.at
        return Change.RAISED

    def wait(self, probe: Probe) -> float:
        """Seconds until the next check: a failure that may yet be none is looked at sooner."""
        if self.condition is Condition.FAILING:
            return max(1.0, min(probe.interval / 4, 15.0))
        return probe.interval

    def uptime(self, hours: int, now: int) -> float | None:
        """Per cent of the observed time of the last hours in which it was not down; None: none."""
        last = now // HOUR_MS
        kept = [self.hours[hour] for hour in self.hours if last - hours < hour <= last]
        total = sum(hour.up + hour.down for hour in kept)
        return 100 * sum(hour.up for hour in kept) / total if total else None

    def _become(self, condition: Condition, at: int) -> None:
        if condition is not self.condition:
            self.condition, self.since = condition, at

    def _account(self, check: Check, probe: Probe) -> None:
        """Count the time since the last check for the condition it was in."""
        hour = self.hours.setdefault(check.at // HOUR_MS, Hour())
        hour.checks += 1
        if check.ok:
            hour.good += 1
            hour.slowness += check.millis
        if self.last is not None:
            # what was not observed, while nothing ran, counts for neither
            passed = min(max(0, check.at - self.last.at), 2000 * probe.interval)
            if self.condition is Condition.DOWN:
                hour.down += passed
            else:
                hour.up += passed
        for old in [number for number in self.hours if number <= check.at // HOUR_MS - HOURS_KEPT]:
            del self.hours[old]


def allowed_statuses(text: str) -> list[range]:
    """``200,301-302`` as ranges; raises ``ValueError`` for anything else."""
    ranges = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        low, high = int(first), int(last if dash else first)
        if not 100 <= low <= high <= 599:
            raise ValueError(f"{part.strip()!r} is no range of HTTP statuses")
        ranges.append(range(low, high + 1))
    return ranges


def host_and_port(target: str, otherwise: int = 0) -> tuple[str, int]:
    """``host:port``, ``[::1]:port``; raises ``ValueError`` where there is no port."""
    if target.startswith("["):
        host, _, port = target[1:].partition("]")
        port = port.removeprefix(":")
    elif target.count(":") > 1:
        host, port = target, ""
    else:
        host, _, port = target.partition(":")
    if not host or not (port.isdecimal() or (not port and otherwise)):
        raise ValueError(f"{target!r} is no host:port")
    return host, int(port or otherwise)
