"""What a watch that is well would say, with one source that is not; needs no records."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

from shangdun.kernel.clock import to_millis
from shangdun.lake.health import Health, SourceHealth, write_health

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\x1b[31m\u202egpj.exe'


def health(home: Path, now: datetime) -> None:
    """What a watch that is well would say, with one source that is not."""
    at = to_millis(now)
    whole = Health(
        written=at,
        started=at - 8_000_000,
        pid=1,
        rules=34,
        findings=63,
        batch=812,
        committed=810,
        pending_events=900,
        sources=_sources(at),
    )
    write_health(home, whole)


def _sources(at: int) -> list[SourceHealth]:
    dice = random.Random(3)
    access = SourceHealth(
        name="shop-access",
        format="combined",
        rates=[int(420 + 180 * dice.random() + (500 if 30 < i < 38 else 0)) for i in range(60)],
        events=4_812_901,
        last_received=at,
        last_event=at,
        log_sources={"/webserver/": at},
        last_events=_requests(dice, at),
    )
    shop = SourceHealth(
        name="shop-events",
        format="shop",
        rates=[dice.choice([0, 1, 2, 6]) for _ in range(60)],
        events=61_204,
        last_received=at,
        last_event=at - 900,
        dead_letters=3,
        last_dead="line 41: not JSON: unexpected end",
    )
    silent = SourceHealth(name="firewall", format="syslog", kind="listen", events=120)
    silent.last_received = silent.last_event = at - 3_000_000
    return [access, shop, silent]


def _requests(dice: random.Random, at: int) -> list[dict[str, object]]:
    addresses = ["/catalogue/", "/basket/add/41/", "/search?q=外套", f"/?q={HOSTILE}"]
    return [
        {
            "time": at - 400 * i,
            "src_endpoint.ip": f"198.51.100.{dice.randrange(250)}",
            "http_request.http_method": dice.choice(["GET", "GET", "GET", "POST"]),
            "http_request.url.url_string": dice.choice(addresses),
            "http_response.code": dice.choice([200, 200, 200, 302, 404]),
        }
        for i in range(12)
    ]
