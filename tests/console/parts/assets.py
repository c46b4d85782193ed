"""Assets and vulnerabilities: their pages by role, and an inventory with a scanner's report."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import ADMIN, AUDITOR, LEADERSHIP, TECHNICAL

from shangdun.actions.assets.inventory import do_change_asset
from shangdun.actions.assets.seen import Seen, do_ignore_sightings, do_note_sightings
from shangdun.actions.assets.sheet import as_wanted
from shangdun.actions.assets.suggested import do_suggest_assets
from shangdun.actions.assets.uploads import do_keep_upload
from shangdun.actions.vulnerabilities.decide import do_accept_vulnerability
from shangdun.actions.vulnerabilities.reports import do_import_vulnerabilities
from shangdun.assess.inventory.layers import MarkKind
from shangdun.assess.inventory.marks import Mark
from shangdun.assess.vulnerabilities.sarif import read_sarif
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import Asset, AssetUpload, Sighting, User, Vulnerability

SEE = {LEADERSHIP, TECHNICAL, ADMIN, AUDITOR}
KEEP = {LEADERSHIP, TECHNICAL}
EXPECTED = {
    "assets": ("get", SEE),
    "asset": ("get", SEE),
    "assets_export": ("get", SEE),
    "assets_seen": ("get", SEE),
    "asset_add": ("get", KEEP),
    "assets_import": ("get", KEEP),
    "assets_import_look": ("get", {LEADERSHIP}),  # one's own file
    **dict.fromkeys(
        (
            "assets_suggest", "assets_seen_answer", "assets_seen_recall", "asset_change",
            "asset_archive", "vulnerabilities_due", "vulnerability_assign",
            "vulnerability_wrong", "vulnerability_reopen", "vulnerability_close",
        ),
        ("post", KEEP),
    ),
    "vulnerabilities": ("get", SEE),
    "vulnerability": ("get", SEE),
    "vulnerabilities_export": ("get", SEE),
    "vulnerability_add": ("get", KEEP),
    "vulnerabilities_import": ("get", KEEP),
    "vulnerabilities_import_look": ("get", {TECHNICAL}),
    "vulnerability_accept": ("post", {LEADERSHIP}),
}  # fmt: skip
ORDER = 62


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": Asset.objects.latest("id").number}
    found = dict.fromkeys(("asset", "asset_change", "asset_archive"), number)
    weak = {"number": Vulnerability.objects.earliest("id").number}
    found |= {
        f"vulnerability{name}": weak
        for name in ("", "_assign", "_accept", "_wrong", "_reopen", "_close")
    }
    uploads = {one.purpose: {"upload_id": one.pk} for one in AssetUpload.objects.all()}
    return found | {
        "assets_export": {"form": "xlsx"},
        "vulnerabilities_export": {"form": "csv"},
        "assets_seen_recall": {"sighting_id": Sighting.objects.earliest("id").pk},
        "assets_import_look": uploads["assets"],
        "vulnerabilities_import_look": uploads["vulnerabilities"],
    }


def paths() -> dict[str, str]:
    web = Asset.objects.get(starter="web")
    worst = Vulnerability.objects.earliest("id")
    return {
        "assets": "/assets/",
        "assets, unrated": "/assets/?show=unrated&layer=system&q=shop",
        "asset": f"/assets/{web.number}/",
        "asset add": "/assets/add/",
        "assets seen": "/assets/seen/",
        "assets ignored": "/assets/seen/?show=ignored",
        "assets import": "/assets/import/",
        "vulnerabilities": "/vulnerabilities/",
        "vulnerabilities, all": "/vulnerabilities/?show=all&q=sql&mine=1",
        "vulnerability": f"/vulnerabilities/{worst.number}/",
        "vulnerability add": "/vulnerabilities/add/",
        "vulnerabilities import": "/vulnerabilities/import/",
    }


SCREENS = {
    "assets": "/assets/",
    "asset": "/assets/5/",
    "assets-seen": "/assets/seen/",
    "vulnerabilities": "/vulnerabilities/",
    "vulnerability": "/vulnerabilities/1/",
    "vulnerabilities-import": "/vulnerabilities/import/",
}

SHEET = (
    "资产名称,资产类别,责任人,保密性,完整性,可用性,承载,IP地址\n"
    "搜索服务,软件,,3,3,4,网站商城,10.0.0.31\n"
    "会员数据,数据,,5,=B2,3,在线销售,\n"
    f"{HOSTILE},主机,没有这个人,9,3,3,,10.0.0.32\n"
)


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    technical, leadership = users["technical_support"], users["leadership"]
    early = FixedClock(now - timedelta(days=40))
    do_suggest_assets(technical, platform={"web", "payments", "cloud"}, language="zh", clock=early)
    web = Asset.objects.get(starter="web")
    marks = (Mark(MarkKind.HOST, "shop.example"), Mark(MarkKind.CODE, "https://git.example/shop"))
    wanted = as_wanted(web)
    wanted = type(wanted)(**{**_values(wanted), "owner_id": technical.pk, "marks": marks})
    do_change_asset(technical, wanted, number=web.number, clock=early)
    do_note_sightings(JOBS, _seen(now), until=now, clock=FixedClock(now))
    ignored = Sighting.objects.get(value="scanner.example")
    do_ignore_sightings(technical, sighting_ids=[ignored.pk], reason=f"自家扫描器 {HOSTILE}")
    first = json.dumps(sarif(range(6))).encode()
    do_import_vulnerabilities(
        technical, read_sarif(first), name="semgrep.sarif", digest="0" * 64, clock=early
    )
    second = json.dumps(sarif(range(1, 9))).encode()
    do_import_vulnerabilities(
        technical, read_sarif(second), name="semgrep-2.sarif", digest="1" * 64,
        clock=FixedClock(now - timedelta(days=1)),
    )  # fmt: skip
    do_accept_vulnerability(
        leadership, number=2, reason=f"旧版接口下月下线，期间由网关拦截。{HOSTILE}",
        expires_on=(now + timedelta(days=30)).date(), clock=FixedClock(now),
    )  # fmt: skip
    do_keep_upload(leadership, SHEET.encode(), purpose="assets", name="资产.csv", options={})
    do_keep_upload(
        technical, json.dumps(sarif(range(2, 10))).encode(), purpose="vulnerabilities",
        name="semgrep-3.sarif", options={"tool": "", "scope": "", "asset": 0, "whole": True},
    )  # fmt: skip


def _values(wanted: Any) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__struct_fields__}


def _seen(now: datetime) -> list[Seen]:
    hosts = ("shop.example", "admin-old.shop.example", "10.0.0.31", "scanner.example")
    routes = ("/checkout/:id", "/api/v0/export", "/debug/pprof")
    named = [(MarkKind.HOST, one) for one in hosts] + [(MarkKind.ROUTE, one) for one in routes]
    return [
        Seen(Mark(kind, value), "shop-nginx", 1200 - 50 * n, now - timedelta(hours=9), now)
        for n, (kind, value) in enumerate((*named, (MarkKind.SERVICE, "redis-exporter")))
    ]


RULES = (
    ("python.sqli", "SQL 注入：查询由用户输入拼接而成", "9.8"),
    ("python.xss", f"反射型跨站脚本 {HOSTILE}", "6.1"),
    ("generic.secret", "源码中的支付密钥", "8.2"),
    ("python.md5", "使用 MD5 存储口令摘要", "5.3"),
)


def sarif(places: range) -> dict[str, Any]:
    """A scanner's report with a finding in each place."""
    rules = [
        {"id": rule, "shortDescription": {"text": text}, "helpUri": "https://rules.example/" + rule,
         "properties": {"security-severity": score}}
        for rule, text, score in RULES
    ]  # fmt: skip
    results = [
        {
            "ruleId": RULES[n % 4][0],
            "ruleIndex": n % 4,
            "message": {"text": f"在 shop/views_{n}.py 中发现 {RULES[n % 4][1]}"},
            "partialFingerprints": {"primaryLocationLineHash": f"{n:08x}:1"},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": f"shop/views_{n}.py"},
                                      "region": {"startLine": 10 + n}}}
            ],
        }
        for n in places
    ]  # fmt: skip
    run = {
        "tool": {"driver": {"name": "Semgrep", "rules": rules}},
        "automationDetails": {"id": "main/"},
        "versionControlProvenance": [{"repositoryUri": "https://git.example/shop"}],
        "results": results,
    }
    return {"version": "2.1.0", "runs": [run]}
