"""Every address of the console, from the URLconf, and how to ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from shangdun.records.models import (
    Decision,
    Enforcer,
    Finding,
    HuntRun,
    Incident,
    NeverBlock,
    Probe,
    ProofRun,
    RuleImport,
    SaleEvent,
    SavedSearch,
    Source,
    Suppression,
    User,
)

from .parts import merged
from .seed import SQLI


class Address(NamedTuple):
    name: str
    path: str


def names() -> list[str]:
    """The names of all addresses, those of included ones too."""
    return sorted(set(_names(get_resolver().url_patterns, "")))


def _names(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"
        else:
            raise AssertionError(f"{pattern} has no name")


def arguments() -> dict[str, dict[str, Any]]:
    """What the addresses with a place in them are filled with."""
    reported = Incident.objects.filter(reporter__username="qian.fang").order_by("pk")
    incident = {"number": reported[0].number}
    source = Source.objects.get()
    probe = Probe.objects.get(name="shop-start")
    person = {"user_id": User.objects.get(username="wu.gang").pk}
    finding = {"finding_id": Finding.objects.latest("time").pk}
    found: dict[str, dict[str, Any]] = {
        "finding": finding,
        "api:finding": finding,
        "api:incident": incident,
        "bouncer_unknown": {"rest": "alerts"},
        "api:ingest": {"source": source.name},
        "api:otlp_logs": {"source": source.name},
        "api:push_otlp_metrics": {"source": source.name},
        "source": {"name": source.name},
        "source_live": {"name": source.name},
        "rule": {"uid": SQLI},
        "rule_switch": {"uid": SQLI},
        "rule_edit": {"uid": SQLI},
        "rule_history": {"uid": SQLI},
        "rule_revert": {"uid": SQLI},
        "rule_remove": {"uid": SQLI},
        "rule_import": {"import_id": RuleImport.objects.latest("id").pk},
        "rule_import_decide": {"import_id": RuleImport.objects.latest("id").pk},
        "rule_trial": {"run_id": HuntRun.objects.get(title="Backup asked for").pk},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
    }
    found["finding_judge"] = finding
    found["api:steps"] = incident
    found["proof"] = found["proof_state"] = {"proof_id": ProofRun.objects.latest("id").pk}
    found["sale_event_cancel"] = {"sale_id": SaleEvent.objects.latest("id").pk}
    decision = {"decision_id": Decision.objects.filter(state="in_force", level=0).latest("id").pk}
    found |= {f"decision{name}": decision for name in ("", "_undo", "_confirm", "_refuse")}
    found["decision_simulated"] = {"token": "0" * 32}
    found["never_block_remove"] = {"entry_id": NeverBlock.objects.get(derived=False).pk}
    found["suppression_end"] = {"suppression_id": Suppression.objects.latest("id").pk}
    hunt = {"hunt_id": HuntRun.objects.latest("id").pk}
    found |= dict.fromkeys(("hunt", "hunt_state", "hunt_cancel"), hunt)
    search = ("results", "bars", "cancel", "exported", "export_state", "file")
    found |= {f"search_{name}": {"token": "0" * 32} for name in search}
    found["search_forget"] = {"search_id": SavedSearch.objects.latest("id").pk}
    for name in ("rule_verdicts", "rule_filter", "rule_filter_undo"):
        found[name] = {"uid": SQLI}
    for name in names():
        if name.startswith("incident"):
            found[name] = incident
        elif name.startswith("person"):
            found[name] = person
        elif name in {"enforcer", "enforcer_live", "enforcer_key", "enforcer_remove"}:
            found[name] = {"enforcer_id": Enforcer.objects.get(name="blog").pk}
        elif name.startswith("probe") and name != "probe_add":
            found[name] = {"probe_id": probe.pk}
        elif name in {"source_token", "source_switch", "source_remove"}:
            found[name] = {"source_id": source.pk}
    found.pop("incidents", None)
    return found | merged("arguments")


QUERIES = {
    "entity": "?kind=address&value=203.0.113.77",
    "entity_risk": "?kind=address&value=203.0.113.77",
}
"""What stands behind the path of an address that is nothing without it."""


def path_of(name: str, filled: dict[str, dict[str, Any]]) -> str:
    return reverse(name, kwargs=filled.get(name)) + QUERIES.get(name, "")
