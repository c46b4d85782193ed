"""A shop's day in the records, for pages that are looked at and pages that are tested."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.console.monitored import monitored
from tests.console.parts import seed_parts
from tests.console.people_of_seed import PASSWORD
from tests.console.pulse import HOSTILE, health
from tests.console.seed_decisions import decided
from tests.console.seed_enforcers import enforced
from tests.console.seed_proofs import tested
from tests.console.seed_rules import ruled
from tests.console.seed_search import searchable

from shangdun.actions.announce_sale import Announcement, do_announce_sale, do_cancel_sale
from shangdun.actions.comment_on_incident import do_comment_on_incident
from shangdun.actions.create_user import do_create_user
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.record_findings import do_record_findings
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.suppress_findings import do_end_suppression, do_suppress_findings
from shangdun.actions.take_incident import do_take_incident
from shangdun.detect.decode.columns import INSPECTED
from shangdun.detect.decode.inspection import words_of
from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.kernel.clock import to_millis
from shangdun.kernel.ids import content_id
from shangdun.records.actor import SETUP, WATCH
from shangdun.records.models import Incident, User
from shangdun.records.roles import Role
from shangdun.respond.report import Report
from shangdun.respond.suppression import Scope

SQLI = "5f1d0d4c-0001-4a10-9d55-6f6f7e000001"
STUFFING = "5f1d0d4c-0003-4a10-9d55-6f6f7e000003"
OTHERS = [
    ("shop-scan", "Vulnerability scanning", 3),
    ("shop-scrape", "Scraping of the catalogue", 2),
    ("shop-coupon", "Coupon codes are guessed", 4),
    ("shop-export", "Mass export of customer data by staff", 5),
    ("shop-notfound", "Unusual number of missing pages", 1),
]


SHELL = "shop-shell"
TAGS = {
    SQLI: ("attack.initial-access", "attack.t1190"),
    STUFFING: ("attack.credential-access", "attack.t1110.004", "oat.008"),
    SHELL: ("attack.persistence", "attack.t1505.003"),
    "shop-scan": ("attack.reconnaissance", "attack.t1595.002", "oat.014"),
    "shop-export": ("attack.exfiltration",),
}

INJECTED = "1%2527%20UNION%20SELECT%20password%20FROM%20users--%20"
judged = words_of("target")


NAMES = {
    Role.TECHNICAL_SUPPORT: "chen.wei",
    Role.LEADERSHIP: "zhao.min",
    Role.CUSTOMER_SERVICE: "liu.yang",
    Role.LEGAL: "sun.li",
    Role.LOGISTICS: "wu.gang",
    Role.ADMINISTRATOR: "admin",
    Role.AUDITOR: "he.jing",
    Role.EMPLOYEE: "qian.fang",
}


def known_people() -> dict[str, User]:
    """The people of ``people`` as they stand in the records."""
    by_name = {user.username: user for user in User.objects.all()}
    found = {role.value: by_name[name] for role, name in NAMES.items()}
    return found | {"everybody": by_name["everybody"]}


def people() -> dict[str, User]:
    """One person of each role, by the role's name; all share one password."""
    made = {}
    for role, name in NAMES.items():
        user = do_create_user(SETUP, username=name, roles=[role]).user
        user.set_password(PASSWORD)
        user.must_change_password = False
        user.save()
        made[role.value] = user
    everybody = do_create_user(SETUP, username="everybody", roles=list(Role)).user
    everybody.set_password(PASSWORD)
    everybody.must_change_password = False
    everybody.save()
    return made | {"everybody": everybody}


def finding(
    number: int,
    rule: str,
    title: str,
    severity: int,
    at: datetime,
    about: dict[str, str],
    *,
    query: str = "",
    count: int = 1,
) -> Finding:
    raw = (
        f"{about.get('address', '203.0.113.9')} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"GET /catalogue/search/?q={query or "1"} HTTP/1.1" 200 5120 "-" "sqlmap/1.8"'
    )
    evidence = Evidence(
        source="shop-access",
        file="/var/log/nginx/access.log",
        line=4200 + number,
        offset=9000 * number,
        time=to_millis(at),
        raw=raw,
        fields={"http_request.url.path": "/catalogue/search/", "http_response.code": 200},
    )
    return Finding(
        uid=content_id("seed", number),
        rule_uid=rule,
        title=title,
        severity_id=severity,
        time=to_millis(at),
        first_time=to_millis(at - timedelta(minutes=min(count, 9))),
        count=count,
        entities=[Entity(kind, value) for kind, value in about.items()],
        evidences=[evidence],
        reasons=[
            Reason("cs-uri-query", "contains", "union select", f"q={query or '1'}"),
            Reason(INSPECTED, "contains", "class:sql", judged(f"/search?q={query or INJECTED}")),
        ]
        if rule == SQLI
        else [],
        tags=list(TAGS.get(rule, ("attack.impact",))),
    )


def day(now: datetime, number: int = 60) -> list[Finding]:
    """Findings of the last 24 hours, seeded."""
    dice = random.Random(7)
    found = []
    for i in range(number):
        at = now - timedelta(minutes=dice.expovariate(1 / 300))
        rule, title, severity = dice.choice(OTHERS)
        about = {"address": f"198.51.100.{dice.randrange(250)}"}
        if rule == "shop-export":
            about = {"staff": dice.choice(["ops.wang", "ops.li"]), "host": "backoffice-2"}
        found.append(
            finding(i, rule, title, severity, at, about, count=dice.choice([1, 1, 3, 40, 1280]))
        )
    found.append(
        finding(900, SQLI, "SQL Injection in a Request", 4, now - timedelta(minutes=4),
                {"address": "203.0.113.77"}, count=37,
                query="-1%27 union select card_no,cvv from payment_card--")
    )  # fmt: skip
    found.append(
        finding(903, "shop-scan", "Vulnerability scanning", 3, now - timedelta(minutes=31),
                {"address": "203.0.113.77"}, count=890)
    )  # fmt: skip
    found.append(
        finding(904, SHELL, "Web shell called", 4, now - timedelta(minutes=1),
                {"address": "203.0.113.77"}, count=3)
    )  # fmt: skip
    found.append(
        finding(901, STUFFING, "Credential Stuffing", 5, now - timedelta(minutes=2),
                {"address": "203.0.113.200", "account": "wang.xiaoming@example.com"}, count=412)
    )  # fmt: skip
    found.append(
        finding(902, "shop-scan", HOSTILE, 3, now - timedelta(minutes=11),
                {"address": "192.0.2.66", "account": HOSTILE[:80]}, query=HOSTILE)
    )  # fmt: skip
    return sorted(found, key=lambda one: one.time)


def incidents(users: dict[str, User], now: datetime) -> None:
    """Some are taken, one is reported by an employee, one is closed."""
    responder = users["technical_support"]
    opened = list(Incident.objects.order_by("-severity", "number"))
    first = next(i for i in opened if i.rule_uid == STUFFING)
    do_take_incident(responder, incident_id=first.pk)
    do_move_incident(responder, incident_id=first.pk, state="triaged")
    do_move_incident(
        responder, incident_id=first.pk, state="active", note="确认为撞库，影响登录接口。"
    )
    do_comment_on_incident(
        responder,
        incident_id=first.pk,
        text="已对该地址启用验证码，正在核对同一时段登录成功的账号。\n客服请先不要对外发布。",
    )
    do_comment_on_incident(
        users["customer_service"], incident_id=first.pk, text="收到，答复口径准备好了，等通知。"
    )
    last = next(i for i in opened if i.rule_uid not in {STUFFING, SQLI})
    do_close_incident(
        responder,
        incident_id=last.pk,
        verdict="false_positive",
        note="是我们自己的安全扫描，已加入计划。",
    )
    do_report_incident(
        users["employee"],
        Report(
            title="顾客来电说订单里出现了不认识的收货地址",
            type="data_breach",
            severity=4,
            occurred_at=now - timedelta(hours=1),
            affected="两位顾客的收货地址，订单 20261122-0931 和 20261122-0944",
            description="两位顾客先后来电，说没有改过地址，但订单确认短信里的地址是陌生的。",
        ),
    )


def sales(users: dict[str, User]) -> None:
    """A sale that runs, one to come, and one that was taken back."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    do_announce_sale(
        users["leadership"],
        Announcement(
            name_zh="双十二限时抢购",
            name_en="Twelve-twelve flash sale",
            since=now - timedelta(hours=1),
            until=now + timedelta(hours=3),
            factor=20,
        ),
    )
    do_announce_sale(
        users["administrator"],
        Announcement(
            name_zh=f"新品首发 {HOSTILE[:40]}",
            since=now + timedelta(days=2),
            until=now + timedelta(days=2, hours=2),
            scope="products",
            names=["SKU-20261212", "SKU-20261213"],
            factor=50,
        ),
    )
    back = do_announce_sale(
        users["leadership"],
        Announcement(
            name_en="Warehouse clearance",
            since=now + timedelta(hours=5),
            until=now + timedelta(hours=9),
            scope="routes",
            names=["/clearance"],
            factor=5,
        ),
    )
    do_cancel_sale(users["administrator"], sale_id=back.pk)


def quiet(users: dict[str, User]) -> None:
    """What is suppressed: a load test, and a partner's crawler that was allowed."""
    soon = datetime.now(UTC)
    do_suppress_findings(
        users["technical_support"],
        scope=Scope(rule_uid="shop-scan", kind="address", value="198.51.100.0/26"),
        until=soon + timedelta(hours=8),
        reason="大促前的压力测试，今晚八点结束。",
    )
    over = do_suppress_findings(
        users["leadership"],
        scope=Scope(title="scraping", kind="account", value="partner-feed"),
        until=soon + timedelta(days=3),
        reason="The price comparison partner reads our catalogue; agreed until Friday.",
    )
    do_end_suppression(users["technical_support"], suppression_id=over.pk)
    do_suppress_findings(
        users["administrator"],
        scope=Scope(rule_uid="shop-notfound"),
        until=soon + timedelta(days=7),
        reason=f"Old links of the former shop. {HOSTILE[:40]}",
    )


def day_of(users: dict[str, User], home: Path) -> None:
    """Findings, incidents and health for these people."""
    now = datetime.now(UTC)
    quiet(users)
    sales(users)
    ruled(users, now)
    do_record_findings(WATCH, batch=1, findings=day(now))
    incidents(users, now)
    health(home, now)
    monitored(users, home, now)
    searchable(users, home, now)
    tested(users, now)
    decided(users, home, now)
    enforced(users, now)
    seed_parts(users, home, now)


def fill(home: Path) -> dict[str, User]:
    """People and their day."""
    users = people()
    day_of(users, home)
    return users
