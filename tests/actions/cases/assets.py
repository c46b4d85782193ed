"""Assets and vulnerabilities: the inventory, what the logs show, reports, decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shangdun.actions.assets.inventory import do_add_asset
from shangdun.actions.assets.rows import NewAsset
from shangdun.actions.assets.seen import Seen, do_ignore_sightings, do_note_sightings
from shangdun.actions.vulnerabilities.decide import (
    Assigned,
    NewVulnerability,
    do_accept_vulnerability,
    do_add_vulnerability,
)
from shangdun.assess.inventory.layers import AssetKind, MarkKind
from shangdun.assess.inventory.marks import Mark
from shangdun.assess.inventory.sheet import read_assets
from shangdun.assess.vulnerabilities.severity import Grade
from shangdun.assess.vulnerabilities.sheet import read_findings
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import AssetUpload, Sighting
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SERVER = NewAsset(name="db-1", kind=AssetKind.UNIT, confidentiality=4, integrity=4, availability=5)
WEAK = NewVulnerability(title="Open admin port", severity=Grade.HIGH)
FAR = datetime.now(UTC).date() + timedelta(days=300)


def _asset() -> Any:
    return do_add_asset(SETUP, SERVER)


def _weak() -> Any:
    return do_add_vulnerability(SETUP, WEAK)


def _sighting() -> Sighting:
    seen = Seen(Mark(MarkKind.HOST, "old.shop.example"), "nginx", 12, NOW, NOW)
    do_note_sightings(JOBS, [seen], until=NOW)
    return Sighting.objects.get()


def _change(world: Any) -> Case:
    asset = _asset()
    return (NewAsset(name="db-2", kind=AssetKind.UNIT),), {"number": asset.number}


def _recall(world: Any) -> Case:
    one = _sighting()
    do_ignore_sightings(SETUP, sighting_ids=[one.pk], reason="ours")
    return (), {"sighting_id": one.pk}


def _drop(world: Any) -> Case:
    AssetUpload.objects.create(
        by=world.boss, at=NOW - timedelta(days=2), purpose="assets", name="x", digest="",
        content=b"",
    )  # fmt: skip
    return (), {"clock": FixedClock(NOW)}


def _end(world: Any) -> Case:
    clock = FixedClock(NOW)
    weak = do_add_vulnerability(SETUP, WEAK, clock=clock)
    until = date(2026, 3, 10)
    do_accept_vulnerability(SETUP, number=weak.number, reason="x", expires_on=until, clock=clock)
    return (), {"clock": FixedClock(NOW + timedelta(days=20))}


def _reopen(world: Any) -> Case:
    weak = _weak()
    do_accept_vulnerability(SETUP, number=weak.number, reason="for now", expires_on=FAR)
    return (), {"number": weak.number, "reason": "no longer"}


LINES = [["name", "kind"], ["Firewall", "unit"]]
FOUND = [["title", "severity", "host"], ["Weak TLS", "high", "10.0.0.5"]]
CASES = {
    "add_asset": lambda world: ((SERVER,), {}),
    "change_asset": _change,
    "archive_asset": lambda world: ((), {"number": _asset().number}),
    "import_assets": lambda world: ((read_assets(LINES),), {"origin": "assets.csv"}),
    "suggest_assets": lambda world: ((), {"platform": {"web"}, "language": "en"}),
    "note_sightings": lambda world: (
        ([Seen(Mark(MarkKind.HOST, "new.shop.example"), "nginx", 12, NOW, NOW)],),
        {"until": NOW},
    ),
    "register_sightings": lambda world: ((SERVER,), {"sighting_ids": [_sighting().pk]}),
    "ignore_sightings": lambda world: (
        (),
        {"sighting_ids": [_sighting().pk], "reason": "a scanner of ours"},
    ),
    "recall_sighting": _recall,
    "keep_upload": lambda world: (
        (b"name,kind\n",),
        {"purpose": "assets", "name": "a.csv", "options": {}},
    ),
    "drop_uploads": _drop,
    "set_due_days": lambda world: (({"high": 14},), {"known_exploited_days": 2}),
    "import_vulnerabilities": lambda world: (
        (read_findings(FOUND, form="csv", tool="Nessus"),),
        {"name": "scan.csv", "digest": "0" * 64},
    ),
    "add_vulnerability": lambda world: ((WEAK,), {}),
    "assign_vulnerability": lambda world: ((Assigned(due=FAR),), {"number": _weak().number}),
    "accept_vulnerability": lambda world: (
        (),
        {"number": _weak().number, "reason": "until the move", "expires_on": FAR},
    ),
    "call_false_positive": lambda world: (
        (),
        {"number": _weak().number, "reason": "the port is filtered"},
    ),
    "reopen_vulnerability": _reopen,
    "close_vulnerability": lambda world: ((), {"number": _weak().number, "reason": "port closed"}),
    "end_decisions": _end,
}
SYSTEM = {"note_sightings", "drop_uploads", "end_decisions"}
KEEPS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
MAY = (
    dict.fromkeys(CASES, KEEPS)
    | {"accept_vulnerability": {Role.LEADERSHIP}}
    | {key: set[Role]() for key in SYSTEM}
)
ACTORS = dict.fromkeys(CASES, SETUP) | dict.fromkeys(SYSTEM, JOBS)
del ACTORS["keep_upload"]  # a person's own
