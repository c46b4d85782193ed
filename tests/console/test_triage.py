"""Suppressing, judging, merging, approving filters: as people click through it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shangdun.actions.record_findings import do_record_findings
from shangdun.detect.finding import Entity
from shangdun.records.actor import WATCH
from shangdun.records.models import (
    EntityRisk,
    Finding,
    FindingState,
    Incident,
    RuleDocument,
    Suppression,
)

from . import seed
from .seed import SQLI


def test_a_suppression_from_a_finding_to_its_end(shop, client_of) -> None:
    client = client_of(shop["technical_support"])
    found = Finding.objects.filter(rule_uid=SQLI).first()
    page = client.get(f"/findings/{found.pk}/").content.decode()
    assert "/findings/suppressed/add/?rule=" in page
    form = {"rule": SQLI, "kind": "address", "value": "203.0.113.77", "hours": "8", "title": ""}
    assert client.post("/findings/suppressed/add/", form).status_code == 422, "no reason"
    done = client.post("/findings/suppressed/add/", form | {"reason": "our own scanner"})
    assert done.status_code == 302
    row = Suppression.objects.latest("id")
    now = datetime.now(UTC)
    again = seed.finding(990, SQLI, "SQL Injection", 4, now, {"address": "203.0.113.77"})
    do_record_findings(WATCH, batch=2, findings=[again])
    held = Finding.objects.get(state=FindingState.WITHHELD, rule_uid=SQLI)
    assert f"/findings/{held.pk}/" not in client.get("/findings/").content.decode()
    assert (
        f"/findings/{held.pk}/" in client.get(f"/findings/?suppression={row.pk}").content.decode()
    )
    assert "our own scanner" in client.get("/findings/suppressed/").content.decode()
    client.post(f"/findings/suppressed/{row.pk}/end/")
    assert "our own scanner" not in client.get("/findings/suppressed/").content.decode()
    assert "our own scanner" in client.get("/findings/suppressed/?show=over").content.decode()


def test_suppressing_what_was_confirmed_warns_first(shop, client_of) -> None:
    client = client_of(shop["technical_support"])
    found = Finding.objects.filter(rule_uid=SQLI).first()
    client.post(f"/findings/{found.pk}/judge/", {"verdict": "true_positive"})
    form = {"rule": SQLI, "hours": "8", "reason": "quiet"}
    warned = client.post("/findings/suppressed/add/", form)
    assert warned.status_code == 422
    assert f"/findings/{found.pk}/" in warned.content.decode()
    assert not Suppression.objects.filter(reason="quiet").exists()
    client.post("/findings/suppressed/add/", form | {"knowingly": "on"})
    assert Suppression.objects.filter(reason="quiet").exists()


def test_the_story_is_told_in_order(shop, client_of) -> None:
    incident = Incident.objects.get(rule_uid=SQLI)
    page = client_of(shop["technical_support"]).get(f"/incidents/{incident.number}/steps/")
    text = page.content.decode()
    places = [text.index(word) for word in ("Reconnaissance", "Initial access", "Persistence")]
    assert places == sorted(places)
    steps = client_of(shop["technical_support"]).get(f"/api/incidents/{incident.number}/steps")
    assert [one["tactic"] for one in steps.json()] == [
        "reconnaissance", "initial-access", "persistence",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["administrator", "leadership"])
def test_raw_lines_are_for_those_who_may_search_events(shop, client_of, role: str) -> None:
    found = Finding.objects.filter(rule_uid=SQLI).first()
    secret = "card_no,cvv"
    for path in (f"/findings/{found.pk}/", f"/api/findings/{found.pk}"):
        assert secret in client_of(shop["technical_support"]).get(path).content.decode()
        assert secret not in client_of(shop[role]).get(path).content.decode()


def false_alarms() -> None:
    """Three of our own monitoring, which the rule takes for an attack."""
    now = datetime.now(UTC)
    made = []
    for number in range(3):
        one = seed.finding(800 + number, SQLI, "SQL Injection", 4, now, {"account": f"m{number}"})
        one.evidences[0].fields = {
            "src_endpoint.ip": "198.51.100.99",
            "http_request.url.path": "/health/",
            "http_request.user_agent": f"monitor/{number}",
        }
        made.append(one)
    do_record_findings(WATCH, batch=3, findings=made)


def test_a_filter_from_three_false_alarms_to_its_undoing(shop, client_of) -> None:
    responder, admin = client_of(shop["technical_support"]), client_of(shop["administrator"])
    false_alarms()
    page = f"/rules/{SQLI}/verdicts/"
    assert "As a Sigma filter" not in admin.get(page).content.decode()
    for found in Finding.objects.filter(entities__kind="account", rule_uid=SQLI):
        responder.post(f"/findings/{found.pk}/judge/", {"verdict": "false_positive"})
    assert not EntityRisk.objects.filter(value="m1").exists()
    shown = admin.get(page)
    (offer,) = shown.context["offers"]
    assert (len(offer.past.removed), len(offer.past.kept)) == (3, 1)
    assert "198.51.100.99" in shown.content.decode()
    stale = admin.post(f"/rules/{SQLI}/filter/", {"text": "title: other", "reason": "ours"})
    assert stale.status_code == 302
    assert not RuleDocument.objects.filter(kind="filter").exists()
    admin.post(f"/rules/{SQLI}/filter/", {"text": offer.text, "reason": "our monitoring"})
    row = RuleDocument.objects.get(kind="filter")
    assert (row.kind, row.live, row.origin) == ("filter", True, "proposed")
    admin.post(f"/rules/{SQLI}/filter/undo/", {"filter": row.uid})
    row.refresh_from_db()
    assert not row.live
    assert responder.post(f"/rules/{SQLI}/filter/", {"text": offer.text}).status_code == 403


def test_two_incidents_are_merged_by_a_person(shop, client_of) -> None:
    client = client_of(shop["technical_support"])
    one, two = Incident.objects.filter(state="reported").order_by("number")[:2]
    form = {"other": two.number, "version": one.version}
    assert client.post(f"/incidents/{one.number}/merge/", form).status_code == 302
    two.refresh_from_db()
    assert two.merged_into == one
    assert f"#{one.number}" in client.get(f"/incidents/{two.number}/").content.decode()
    assert client.post(f"/incidents/{one.number}/merge/", {"other": "x"}).status_code == 302
    stale = {"other": 1, "version": one.version}
    assert client.post(f"/incidents/{one.number}/merge/", stale).status_code == 409


def test_risk_over_time_is_drawn_from_the_findings(shop, client_of) -> None:
    client = client_of(shop["auditor"])
    data = client.get("/entities/of/risk.json?kind=address&value=203.0.113.77").json()
    assert data["values"][0] == 0
    assert data["values"][-1] > data["threshold"] == 100
    listed = client.get("/api/entities?kind=address").json()
    assert listed[0]["value"] == "203.0.113.77"
    assert [one["score"] for one in listed] == sorted((r["score"] for r in listed), reverse=True)
    assert client.get("/entities/of/?kind=nonsense&value=x").status_code == 404
    assert Entity("address", "203.0.113.77").value in client.get("/entities/").content.decode()


def test_the_reduction_adds_up(shop, client_of) -> None:
    day, week = client_of(shop["auditor"]).get("/api/reduction").json()
    assert (day["hours"], week["hours"]) == (24, 168)
    assert day["seen"] == day["added"] + day["folded"] + day["gathered"] + day["withheld"] > 0
    assert day["withheld"] > 0
    watched = Incident.objects.filter(findings__isnull=False, drill=None).distinct()
    assert day["incidents"] == watched.count()
