"""All pages a person sees, as rendered; for tests that hold something against each of them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote, urlencode

from django.test import Client

from shangdun.records.models import (
    Decision,
    Enforcer,
    Finding,
    HuntRun,
    Incident,
    Probe,
    ProofRun,
    RuleImport,
    Suppression,
)

from .parts import merged
from .pulse import HOSTILE
from .seed import SQLI, STUFFING

RENEWED = (
    "/overview/now/",
    "/overview/findings/",
    "/overview/watching/",
    "/overview/reduction/",
    "/overview/risk/",
    "/findings/rows/",
    "/sources/rows/",
    "/enforcers/rows/",
    "/health/now/",
    "/sources/of/shop-access/live/",
)


def paths() -> dict[str, str]:
    """Name → address of every page worth looking at, with its hostile content."""
    hostile = Finding.objects.get(title__contains="script").pk
    injected = Finding.objects.filter(rule_uid=SQLI).first()
    incident = Incident.objects.get(rule_uid=STUFFING).number
    bad = Incident.objects.get(title__contains="script").number
    named = {
        "overview": "/",
        "findings": "/findings/",
        "findings by severity": "/findings/?severity=high",
        "findings by rule": f"/findings/?rule={SQLI}",
        "findings by state": "/findings/?state=new&severity=low",
        "findings by entity": "/findings/?entity=address:203.0.113.77",
        "findings by words": f"/findings/?q={HOSTILE[:20]}",
        "finding": f"/findings/{injected.pk}/",
        "finding, hostile": f"/findings/{hostile}/",
        "incidents": "/incidents/",
        "incidents, all": "/incidents/?show=all&q=scan",
        "incident": f"/incidents/{incident}/",
        "incident, hostile": f"/incidents/{bad}/",
        "search": "/search/",
        "search, asked": "/search/?q=ip:203.0.113.0/24",
        "search, wrong": "/search/?q=" + quote(f"stats:{HOSTILE[:40]}"),
        "hunts": "/hunts/",
        "hunt": f"/hunts/{HuntRun.objects.latest('id').pk}/",
        "entities": "/entities/",
        "entity": "/entities/of/?kind=address&value=203.0.113.77",
        "entity, hostile": f"/entities/of/?{urlencode({'kind': 'account', 'value': HOSTILE[:80]})}",
        "announced sales": "/sales/",
        "announced sales, over": "/sales/?show=over",
        "announce a sale": "/sales/announce/",
        "suppressions": "/findings/suppressed/",
        "suppressions, over": "/findings/suppressed/?show=over",
        "suppression add": "/findings/suppressed/add/?kind=address&value=203.0.113.77&hours=8",
        "findings, withheld": f"/findings/?suppression={Suppression.objects.latest('id').pk}",
        "rule's verdicts": f"/rules/{SQLI}/verdicts/",
        "report": "/report/",
        "sources": "/sources/",
        "source": "/sources/of/shop-access/",
        "source add": "/sources/add/",
        "rules": "/rules/",
        "rule": f"/rules/{STUFFING}/",
        "ledger": "/ledger/",
        "settings": "/settings/",
        "people": "/settings/people/",
        "system": "/settings/system/",
        "second factor": "/accounts/2fa/",
        "password": "/accounts/password/change/",
        "api": "/api/docs",
        "missing": "/nothing/",
    }
    others = decision_paths() | protection_paths() | rule_paths() | health_paths()
    return named | others | merged("paths") | {path: path for path in RENEWED}


def decision_paths() -> dict[str, str]:
    taken = Decision.objects.filter(level__gt=0).latest("id").pk
    return {
        "decisions": "/decisions/",
        "decisions, waiting": "/decisions/?show=waiting",
        "decisions, over": "/decisions/?show=over",
        "decisions, of a rule": f"/decisions/?author=rule:{SQLI}",
        "decisions, found": "/decisions/?q=203.0.113.77",
        "decision": f"/decisions/{taken}/",
        "decide": "/decisions/add/?kind=address&value=203.0.113.77&lasts=60",
        "never turned away": "/decisions/never-block/",
    }


def protection_paths() -> dict[str, str]:
    """The pages on which attackers are turned away, and that is proven."""
    return {
        "security tests": "/security-test/",
        "security test": f"/security-test/{ProofRun.objects.latest('id').pk}/",
        "enforcers": "/enforcers/",
        "enforcer, failing": f"/enforcers/{Enforcer.objects.get(name='edge-nginx').pk}/",
        "enforcer, silent": f"/enforcers/{Enforcer.objects.get(name='blog').pk}/",
        "enforcer add": "/enforcers/add/",
    }


def rule_paths() -> dict[str, str]:
    """The pages on which rules are written, judged and taken in."""
    return {
        "rule new": "/rules/new/",
        "rule edit": f"/rules/{SQLI}/edit/",
        "rule history": f"/rules/{SQLI}/history/",
        "rule trial": f"/rules/trials/{HuntRun.objects.get(title='Backup asked for').pk}/",
        "coverage": "/rules/coverage/",
        "coverage, one": "/rules/coverage/?of=OAT-014",
        "coverage, attack": "/rules/coverage/?of=T1190",
        "log sources": "/rules/log-sources/",
        "lists": "/rules/lists/",
        "imports": "/rules/imports/",
        "import": f"/rules/imports/{RuleImport.objects.latest('id').pk}/",
        "import, wrong": f"/rules/imports/{RuleImport.objects.latest('id').pk}/?change=wrong",
    }


def health_paths() -> dict[str, str]:
    """The pages about the health of shop and system."""
    first, edited = Probe.objects.first().pk, Probe.objects.get(name="payment gateway").pk
    return {
        "health": "/health/",
        "health routes": "/health/routes/",
        "health machines": "/health/machines/",
        "probe": f"/health/probes/{first}/",
        "probe add": "/health/probes/add/",
        "probe edit": f"/health/probes/{edited}/edit/",
    }


def rendered(client: Client) -> dict[str, str]:
    return {name: client.get(path).content.decode() for name, path in paths().items()}


class Inline(HTMLParser):
    """Collects what a strict policy forbids: scripts and styles within the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("script without src")
        if tag in {"style", "iframe", "object", "embed", "base"}:
            self.found.append(tag)
        self.found += [
            f"{tag} {name}" for name in given if name.startswith("on") or name == "style"
        ]
        for name in ("href", "src", "action", "formaction"):
            value = given.get(name) or ""
            if value.startswith(("javascript:", "http:", "https:", "//")):
                self.found.append(f"{tag} {name}={value}")


def inline(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found
