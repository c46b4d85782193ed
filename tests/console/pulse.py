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
    dice = random.Random(3)
    at = to_millis(now)
    events = [
        {
            "time": at - 400 * i,
            "src_endpoint.ip": f"198.51.100.{dice.randrange(250)}",
            "http_request.http_method": dice.choice(["GET", "GET", "GET", "POST"]),
            "http_request.url.url_string": dice.choice(
                ["/catalogue/", "/basket/add/41/", "/search?q=外套", f"/?q={HOSTILE}"]
            ),
            "http_response.code": dice.choice([200, 200, 200, 302, 404]),
        }
        for i in range(12)
    ]
    rates = [int(420 + 180 * dice.random() + (500 if 30 < i < 38 else 0)) for i in range(60)]
    few = [dice.choice([0, 1, 2, 6]) for _ in range(60)]
    write_health(
        home,
        Health(
            written=at,
            started=at - 8_000_000,
            pid=1,
            rules=34,
            findings=63,
            batch=812,
            committed=810,
            pending_events=900,
            sources=[
                SourceHealth(
                    name="shop-access",
                    format="combined",
                    rates=rates,
                    events=4_812_901,
                    bytes=1,
                    last_received=at,
                    last_event=at,
                    last_events=events,
                ),
                SourceHealth(
                    name="shop-events",
                    format="shop",
                    rates=few,
                    events=61_204,
                    last_received=at,
                    last_event=at - 900,
                    dead_letters=3,
                    last_dead="line 41: not JSON: unexpected end",
                    last_events=[],
                ),
                SourceHealth(
                    name="firewall",
                    format="syslog",
                    kind="listen",
                    rates=[0] * 60,
                    events=120,
                    last_received=at - 3_000_000,
                    last_event=at - 3_000_000,
                ),
            ],
        ),
    )
