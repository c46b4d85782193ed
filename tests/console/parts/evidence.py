"""Evidence, indicators and supplies: their pages by role, and a day of logistics."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import (
    ADMIN,
    AUDITOR,
    GROUPS,
    HANDLES,
    LEADERSHIP,
    LEGAL,
    LOGISTICS,
    STAFF,
    TECHNICAL,
)

from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.evidence.handle import do_hand_over
from shangdun.actions.evidence.upload import do_upload_evidence
from shangdun.actions.evidence.verify import verify
from shangdun.actions.indicators.keep import Fresh, do_add_indicators
from shangdun.actions.supplies.inventory import NewSupply, do_add_supply
from shangdun.actions.supplies.requests import Wish, do_allocate, do_request_supplies
from shangdun.records.models import (
    Evidence,
    Finding,
    Incident,
    Indicator,
    Supply,
    SupplyAllocation,
    SupplyRequest,
    User,
)
from shangdun.respond.indicators.kinds import Kind
from shangdun.respond.supplies import SupplyKind

SUPPLIES = GROUPS | {ADMIN, AUDITOR}
EXPECTED = {
    "incident_evidence": ("get", STAFF),
    "incident_evidence_item": ("get", STAFF),
    "incident_evidence_form": ("get", STAFF),
    "incident_indicators": ("get", STAFF),
    **{
        f"incident_evidence_{name}": ("post", GROUPS)
        for name in (
            "add", "export", "download", "check", "hand_over", "accept", "decline", "hand_out",
            "note",
        )
    },
    "incident_evidence_hold": ("post", {LEADERSHIP, LEGAL}),
    "incident_evidence_dispose": ("post", {LEADERSHIP}),
    **{
        f"incident_indicators_{name}": ("post", GROUPS)
        for name in ("add", "paste", "take", "export")
    },
    "incident_indicator_remove": ("post", GROUPS),
    "finding_keep": ("post", HANDLES),
    "search_keep": ("post", set()),  # nobody may see another person's search
    "incident_supplies": ("get", SUPPLIES),
    "incident_supplies_ask": ("post", GROUPS),
    "incident_supplies_close": ("post", {TECHNICAL, LOGISTICS}),  # who asked for it, and logistics
    "incident_supplies_give": ("post", {LOGISTICS}),
    "incident_supplies_take_back": ("post", {LOGISTICS}),
    "incident_supplies_refuse": ("post", {LOGISTICS}),
    "inventory": ("get", SUPPLIES),
    "inventory_export": ("get", SUPPLIES),
    "inventory_add": ("get", {LOGISTICS}),
    "inventory_adopt": ("get", {LOGISTICS}),
    "inventory_import": ("get", {LOGISTICS}),
    "supply": ("get", SUPPLIES),
    "supply_change": ("post", {LOGISTICS}),
    "supply_check": ("post", {LOGISTICS}),
    "supply_archive": ("post", {LOGISTICS}),
}  # fmt: skip
ORDER = 60


def arguments() -> dict[str, dict[str, Any]]:
    item = Evidence.objects.earliest("id")
    number = {"number": item.incident.number}
    found = {
        name: number | {"item_number": item.number}
        for name in EXPECTED
        if name.startswith("incident_evidence_")
    }
    found |= {name: number for name in EXPECTED if name.startswith("incident_indicators")}
    found |= dict.fromkeys(
        ("incident_evidence", "incident_evidence_add", "incident_evidence_export"), number
    )
    found["incident_evidence_form"] = {**found["incident_evidence_item"], "form": "pdf"}
    found["incident_indicators_export"] = {**number, "form": "stix"}
    indicator = Indicator.objects.earliest("id")
    found["incident_indicator_remove"] = {
        "number": indicator.incident.number, "indicator_id": indicator.pk
    }  # fmt: skip
    found["finding_keep"] = {"finding_id": Finding.objects.latest("time").pk}
    found["search_keep"] = {"token": "0" * 32}
    asked, given = SupplyRequest.objects.latest("id"), SupplyAllocation.objects.latest("id")
    at = {"number": asked.incident.number}
    for name in ("", "_ask", "_give"):
        found[f"incident_supplies{name}"] = at
    for name in ("_refuse", "_close"):
        found[f"incident_supplies{name}"] = at | {"request_id": asked.pk}
    found["incident_supplies_take_back"] = at | {"allocation_id": given.pk}
    supply = {"supply_id": Supply.objects.earliest("id").pk}
    found |= {f"supply{name}": supply for name in ("", "_change", "_check", "_archive")}
    found["inventory_export"] = {"form": "xlsx"}
    return found


def paths() -> dict[str, str]:
    item = Evidence.objects.filter(name__contains="invoice").earliest("id")
    room = f"/incidents/{item.incident.number}/"
    return {
        "evidence": f"{room}evidence/",
        "evidence item": f"{room}evidence/{item.number}/",
        "evidence, hostile": f"{room}evidence/1/",
        "indicators": f"{room}indicators/",
        "incident supplies": f"{room}supplies/",
        "inventory": "/supplies/",
        "inventory, wrong": "/supplies/?wrong=unchecked",
        "supply": f"/supplies/{Supply.objects.earliest('id').pk}/",
        "supply add": "/supplies/add/",
        "supplies suggested": "/supplies/suggested/",
        "supplies import": "/supplies/import/",
    }


SCREENS = {
    "evidence": "/incidents/1/evidence/",
    "evidence-item": "/incidents/1/evidence/2/",
    "indicators": "/incidents/1/indicators/",
    "incident-supplies": "/incidents/1/supplies/",
    "inventory": "/supplies/",
    "supply": "/supplies/1/",
    "supplies-suggested": "/supplies/suggested/",
    "supplies-import": "/supplies/import/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    technical, logistics = users["technical_support"], users["logistics"]
    incident = Incident.objects.get(number=1)
    files = {
        f"{HOSTILE[:60]}\u202egpj.exe": b"MZ\x90\0 not really",
        "invoice-macro.docx": _zip({"[Content_Types].xml": b"", "word/vbaProject.bin": b"x"}),
        "access.log": b'203.0.113.77 - - "GET /?id=1 UNION SELECT"\n' * 400,
    }
    for name, content in files.items():
        kept = keep_content(name, content)
        note = f"从 shop-web-1 取得 {HOSTILE}"
        do_upload_evidence(technical, kept, incident_id=incident.pk, note=note)
    verify(technical, incident.number, 2)
    do_hand_over(
        technical, incident=incident.number, number=2, to=users["legal"].pk, reason="交法务固定证据"
    )
    wanted = [
        Fresh(kind=Kind.IP, value="203.0.113.77", source="findings", first_seen=now),
        Fresh(kind=Kind.DOMAIN, value="evil.example", note=HOSTILE),
        Fresh(kind=Kind.URL, value="http://evil.example/a.php?x=1"),
    ]
    do_add_indicators(technical, wanted, incident_id=incident.pk)
    laptop = do_add_supply(
        logistics,
        NewSupply(
            name="应急专用笔记本电脑", kind=SupplyKind.EQUIPMENT, quantity=5, minimum=4, unit="台",
            place="A 座 3 层仓库", keeper="吴刚", contact="138 0000 0000", check_days=90,
        ),
    )  # fmt: skip
    soon = (now + timedelta(days=12)).date()
    for name, kind, expiry in (
        ("抗 DDoS 清洗服务", SupplyKind.SUPPLIER, soon),
        ("终端检测应急授权", SupplyKind.LICENCE, (now - timedelta(days=3)).date()),
        (f"防静电证物袋 {HOSTILE}", SupplyKind.MATERIAL, None),
    ):
        do_add_supply(
            logistics,
            NewSupply(name=name, kind=kind, quantity=20, contact="400-000-0000", expires_on=expiry),
        )
    do_request_supplies(
        technical,
        Wish(what="应急专用笔记本电脑", quantity=2, why="取证用", supply_id=laptop.pk),
        incident_id=incident.pk,
    )
    do_allocate(
        logistics, incident_id=incident.pk, supply_id=laptop.pk, quantity=2,
        request_id=SupplyRequest.objects.latest("id").pk, receiver="陈伟",
    )  # fmt: skip
    do_request_supplies(
        technical, Wish(what="备用交换机", urgent=True, why=HOSTILE), incident_id=incident.pk
    )


def _zip(entries: dict[str, bytes]) -> bytes:
    import io  # noqa: PLC0415 - of this one function
    import zipfile  # noqa: PLC0415 - likewise

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()
