"""What the Enforcers page shows: who follows the stream of decisions, and how far each is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.records import decision_feed
from shangdun.records.actor import Actor
from shangdun.records.enforcers import visible_enforcers
from shangdun.records.models import DecisionChange, Enforcer, EnforcerKind

MOST_CHANGES = 2_000
"""Looked at for how old what is missing is; beyond it an enforcer is far behind in any case."""
SILENT = {
    EnforcerKind.GUARD: timedelta(seconds=30),
    EnforcerKind.BOUNCER: timedelta(minutes=15),
    EnforcerKind.PROCESS: timedelta(seconds=30),
}
"""Guards ask twice a second, processes say every five seconds how they are; bouncers in live mode
ask when a visitor comes."""
LATE = timedelta(seconds=30)
"""A bouncer asks every ten seconds or less often: being behind for less is its usual state."""


class Product(NamedTuple):
    """What somebody connects, and the template that shows how."""

    kind: EnforcerKind
    title: Promise | str
    sentence: Promise


PRODUCTS: dict[str, Product] = {
    "guard": Product(
        EnforcerKind.GUARD,
        _("ShangDun's guard"),
        _("Inside a Python shop: Django, Flask, FastAPI. Knows accounts, sessions and routes."),
    ),
    "firewall": Product(
        EnforcerKind.BOUNCER, "firewall bouncer", _("nftables or iptables on another machine.")
    ),
    "nginx": Product(
        EnforcerKind.BOUNCER, "nginx / OpenResty bouncer", _("nginx with Lua, with a captcha.")
    ),
    "haproxy": Product(EnforcerKind.BOUNCER, "HAProxy bouncer", _("HAProxy by SPOE or Lua.")),
    "traefik": Product(EnforcerKind.BOUNCER, "Traefik bouncer", _("A plugin of Traefik.")),
    "cloudflare": Product(
        EnforcerKind.BOUNCER, "Cloudflare bouncer", _("At Cloudflare's edge, before your lines.")
    ),
    "wordpress": Product(
        EnforcerKind.BOUNCER, "WordPress bouncer", _("A plugin, also for WooCommerce.")
    ),
    "magento": Product(EnforcerKind.BOUNCER, "Magento 2 bouncer", _("An extension of the shop.")),
    "php": Product(EnforcerKind.BOUNCER, "PHP bouncer", _("Any PHP shop, before its first line.")),
    "bouncer": Product(
        EnforcerKind.BOUNCER, _("Another bouncer"), _("Whatever speaks CrowdSec's API.")
    ),
    "process": Product(
        EnforcerKind.PROCESS,
        "shangdun enforce",
        _("Our own nftables and nginx enforcers on another machine."),
    ),
}


@dataclass(frozen=True)
class EnforcerView:
    """One enforcer with its condition."""

    row: Enforcer
    behind: int
    """Changes in the stream that it does not surely have."""
    lag: timedelta
    """How old the oldest of them is."""
    now: datetime

    @property
    def condition(self) -> str:
        """``never``, ``silent``, ``failing``, ``behind`` or ``well``."""
        if self.row.last_seen is None:
            return "never"
        if self.now - self.row.last_seen > SILENT[EnforcerKind(self.row.kind)]:
            return "silent"
        if self.row.problem:
            return "failing"
        return "behind" if self.lag > LATE else "well"

    @property
    def streams(self) -> bool:
        """Whether it follows the stream; a bouncer in live mode asks for one address at a time."""
        return self.row.kind != EnforcerKind.BOUNCER or self.row.pulled is not None

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, by its configuration."""
        return not self.row.key_hash

    @property
    def title(self) -> Promise | str:
        """What it is."""
        known = None if self.local else PRODUCTS.get(self.row.product)
        return known.title if known else self.row.product or self.row.get_kind_display()


def read_enforcers(actor: Actor) -> list[EnforcerView]:
    """All of them, with how far they are: three queries, however many there are."""
    rows = list(visible_enforcers(actor))
    now = timezone.now()
    head = decision_feed.head()
    begin = min((row.acknowledged for row in rows if row.acknowledged), default=head)
    later = list(
        DecisionChange.objects.filter(seq__gt=begin)
        .order_by("seq")
        .values_list("seq", "time")[:MOST_CHANGES]
    )
    return [_view(row, later, head, now) for row in rows]


def _view(
    row: Enforcer, later: Sequence[tuple[int, datetime]], head: int, now: datetime
) -> EnforcerView:
    place = bisect_right(later, row.acknowledged, key=lambda change: change[0])
    missing = later[place:]
    lag = now - missing[0][1] if missing and row.acknowledged else timedelta()
    behind = max(0, head - row.acknowledged) if row.acknowledged else 0
    return EnforcerView(row, behind if missing else 0, max(lag, timedelta()), now)
