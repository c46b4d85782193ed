"""Who puts decisions in force in the console of the tests: one of each kind and condition."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.console.pulse import HOSTILE

from shangdun.actions.change_enforcer import do_add_enforcer
from shangdun.actions.enforcer_progress import process_row
from shangdun.records import decision_feed
from shangdun.records.models import Enforcer, User


def enforced(users: dict[str, User], now: datetime) -> None:
    """Processes of this machine, the shop's guard, and bouncers: one in each condition."""
    head = decision_feed.head()
    for name, compared in (("nftables", 12), ("edge-nginx", 40)):
        row = process_row(name, name.removeprefix("edge-"), now)
        _tell(
            row,
            last_seen=now,
            agent="shangdun-enforce/0.1.0",
            acknowledged=head,
            due=18_204,
            in_force=18_204,
            compared=now - timedelta(seconds=compared),
        )
    Enforcer.objects.filter(name="edge-nginx").update(
        problem='nginx refuses its configuration: [emerg] unknown directive "prxy_pass" in'
        f" /etc/nginx/sites-enabled/shop.conf:12 {HOSTILE[:40]}",
        problem_since=now - timedelta(minutes=4),
        in_force=18_190,
    )
    for name, product, figures in (
        ("shop", "guard", {"agent": "shangdun-guard/0.1.0", "acknowledged": head}),
        (
            "warehouse firewall",
            "firewall",
            {
                "agent": "crowdsec-firewall-bouncer/v0.0.25",
                "acknowledged": head,
                "pulled": now,
            },
        ),
        (
            "blog",
            "wordpress",
            {
                "agent": f"csphplapi_wordpress/v2.6.8 {HOSTILE[:30]}",
                "last_seen": now - timedelta(hours=3),
            },
        ),
        ("second data centre", "process", None),
    ):
        kind = {"guard": "guard", "process": "process"}.get(product, "bouncer")
        row, _key = do_add_enforcer(users["administrator"], name=name, kind=kind, product=product)
        if figures is not None:
            _tell(row, **{"last_seen": now, "address": "203.0.113.40", **figures})


def _tell(row: Enforcer, **figures: Any) -> None:
    Enforcer.objects.filter(pk=row.pk).update(**figures)
