"""Probes and what was observed, for pages that are looked at and pages that are tested."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

from tests.console.pulse import HOSTILE

from shangdun.actions.change_probe import do_add_probe
from shangdun.kernel.clock import to_millis
from shangdun.observe.burning import Accounts
from shangdun.observe.host import Disk, HostHistory, Sample
from shangdun.observe.probe import Check, Probe, ProbeKind, ProbeState
from shangdun.observe.routes import Seen
from shangdun.observe.settings import MonitorConfig
from shangdun.observe.sketch import bucket
from shangdun.observe.state import (
    Observed,
    ProbeStates,
    Restart,
    Restarts,
    observed_path,
    probes_path,
    restarts_path,
    save,
)
from shangdun.records.models import User

PROBES = [
    Probe(uid=0, name="shop-start", kind=ProbeKind.HTTP, target="https://shop.example/"),
    Probe(uid=0, name="checkout", kind=ProbeKind.HTTP, target="https://shop.example/checkout/",
          text="立即支付"),
    Probe(uid=0, name="payment gateway", kind=ProbeKind.TCP, target="pay.example:443"),
    Probe(uid=0, name="域名解析", kind=ProbeKind.DNS, target="shop.example",
          answers=("203.0.113.7",)),
    Probe(uid=0, name=HOSTILE[:80].replace("\x1b", "").replace("\u202e", ""), kind=ProbeKind.TLS,
          target="img.shop.example:443"),
]  # fmt: skip


def monitored(users: dict[str, User], home: Path, now: datetime) -> None:
    """Five probes, one of them down; a day of routes and of two machines; a restart."""
    at = to_millis(now)
    states = ProbeStates(written=at)
    for probe in PROBES:
        row = do_add_probe(users["everybody"], probe)
        states.probes[row.pk] = _state(row.probe(), at)
    save(probes_path(home), states)
    save(observed_path(home), _observed(at))
    restart = Restart(at=at - 7_200_000, process="jobs", reason="it ended with signal SIGKILL")
    save(restarts_path(home), Restarts([restart]))


def _state(probe: Probe, at: int) -> ProbeState:
    dice = random.Random(probe.name)
    state = ProbeState(uid=probe.uid)
    for back in range(1500, 0, -1):
        down = probe.name == "payment gateway" and (back < 9 or 700 < back < 720)
        detail = "no answer within 10 s" if down else ""
        days = {"tls": 12.4, "http": 61.0}.get(probe.kind)
        check = Check(at=at - back * 60_000, ok=not down, millis=80 + 60 * dice.random(),
                      detail=detail, days_left=days)  # fmt: skip
        state.take(check, probe)
    return state


def _observed(at: int) -> Observed:
    dice = random.Random(5)
    observed = Observed(written=at)
    accounts = Accounts(MonitorConfig().objectives, observed)
    paths = ["/", "/catalogue/jackets/", "/product/4711/", "/search", "/basket/", "/checkout/",
             "/api/order/20261122-0931", "/static/app.css", "/accounts/login/"]  # fmt: skip
    minute = at // 60_000
    for back in range(0, 1440, 5):
        for weight, path in enumerate(paths):
            slow = path == "/search" and back < 40
            latency = dice.lognormvariate(4.2 + weight / 6 + 2 * slow, 0.5)
            count = int(200 / (weight + 1) * (1 + dice.random()))
            accounts.take([
                Seen(path, minute - back, 2, bucket(latency), count),
                Seen(path, minute - back, 5, bucket(2 * latency), count // 60),
                Seen("/wp-login.php", minute - back, 4, bucket(3.0), 9),
            ])  # fmt: skip
    observed.burns = accounts.burns(minute)
    for name, load in (("shop-web-1", 40.0), ("shangdun", 15.0)):
        history = observed.hosts[name] = HostHistory()
        for back in range(1440, 0, -2):
            history.take(_sample(name, at - back * 60_000, load, dice))
    return observed


def _sample(name: str, at: int, load: float, dice: random.Random) -> Sample:
    filling = (at // 3_600_000) % 1000 / 40
    return Sample(
        host=name, at=at, cpu=load + 20 * dice.random(), load=load * 1.5, memory=62.0, swap=1.0,
        disks=[Disk("/", 41.0, 60 << 30, 3.0), Disk("/var", 60 + filling, 9 << 30, 12.0)],
        received=812_000.0, sent=4_120_000.0, files=0.4, clock_ms=0.4,
    )  # fmt: skip
