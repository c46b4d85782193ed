"""Events to search, a saved search and hunts, for pages that are looked at and tested."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec
from tests.console.pulse import HOSTILE

from shangdun.actions.hunt_progress import claim_hunt, tell_hunt
from shangdun.actions.keep_search import Kept, do_save_search
from shangdun.actions.run_hunt import do_start_hunt
from shangdun.detect.finding import Entity, Evidence, Finding
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake
from shangdun.records.models import User

PATHS = ("/", "/product/{n}/", "/static/app.js", "/cart/", "/catalogue/search/?q={n}", "/login/")
AGENTS = ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)", "Mozilla/5.0 (Windows NT 10.0)")


def access(now: datetime, number: int = 400) -> bytes:
    """Lines of the last twenty hours; one of them attacks whoever looks at it."""
    dice = random.Random(11)
    moments = sorted(now - timedelta(minutes=dice.expovariate(1 / 200)) for _ in range(number))
    lines = []
    for place, at in enumerate(moments):
        path = dice.choice(PATHS).format(n=dice.randrange(300))
        target, ip = path, f"198.51.100.{dice.randrange(40)}"
        status, agent = (200, dice.choice(AGENTS))
        if place % 23 == 0:
            target = "/catalogue/search/?q=-1%27%20union%20select%20card_no"
            ip, status, agent = "203.0.113.77", 500, "sqlmap/1.8"
        if place == number - 3:
            target, agent = f"/?q={quote(HOSTILE)}", HOSTILE.replace('"', "'")
        stamp = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
        lines.append(f'{ip} - - [{stamp}] "GET {target} HTTP/1.1" {status} 5120 "-" "{agent}"')
    return ("\n".join(lines).replace("\r", " ") + "\n").encode()


def searchable(users: dict[str, User], home: Path, now: datetime) -> None:
    """An access log in the lake, a shared search, a hunt that is done and one that waits."""
    data = access(now)
    parsed = get_parser("combined", clock=FixedClock(now)).parse(Block(data, 1, 0, "access.log"))
    lake = Lake(home / "lake", clock=FixedClock(now))
    frame = conform(parsed, source="shop-access", observed=to_millis(now), file_id="3f2a9c")
    lake.append(frame, app_id="seed", version=1)
    responder = users["technical_support"]
    kept = Kept(query="status:>=500 not ip:10.0.0.0/8", columns=["src_endpoint.ip"])
    do_save_search(responder, kept, name="服务器错误", shared=True)
    span = {"since": now - timedelta(days=7), "until": now}
    done = do_start_hunt(responder, title="SQL Injection in a Request", rule_uid="sqli", **span)
    claim_hunt(now)
    found = hunted(now)
    tell_hunt(
        done.pk, now, state="done", finished=now, progress=1.0, events=400, found=1, matched=18,
        findings=[msgspec.to_builtins(found)],
    )  # fmt: skip
    do_start_hunt(responder, title=f"{HOSTILE[:60]}", rule_text="title: x", **span)


def hunted(now: datetime) -> Finding:
    """A finding with a line that attacks whoever looks at it."""
    evidence = Evidence(
        source="shop-access", file="a.log", line=1, offset=0, time=to_millis(now), raw=HOSTILE
    )
    return Finding(
        uid="0" * 32,
        rule_uid="sqli",
        title=HOSTILE[:80],
        severity_id=4,
        time=to_millis(now),
        first_time=to_millis(now - timedelta(hours=2)),
        count=18,
        entities=[Entity("address", "203.0.113.77")],
        evidences=[evidence],
    )
