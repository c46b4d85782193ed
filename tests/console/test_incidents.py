"""What people do to incidents on the page: forms, two at once, verdicts."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client

from shangdun.records.models import FindingState, Incident, LedgerEntry, TimelineEntry, TimelineKind

from . import seed


@pytest.fixture
def incident(shop) -> Incident:
    return Incident.objects.get(rule_uid=seed.SQLI)


def test_from_new_to_closed_with_a_verdict(shop, incident, client_of):
    client = client_of(shop["technical_support"])
    base = f"/incidents/{incident.number}"
    assert client.post(f"{base}/take/", {"version": 1}).status_code == 302
    client.post(f"{base}/comment/", {"text": "看过了 <b>bold</b>"})
    client.post(f"{base}/move/", {"version": 2, "state": "triaged"})
    client.post(f"{base}/move/", {"version": 3, "state": "active", "note": "go"})
    client.post(f"{base}/close/", {"version": 4, "verdict": "true_positive", "note": "blocked"})
    incident.refresh_from_db()
    assert (incident.state, incident.verdict) == ("closed", "true_positive")
    assert {finding.state for finding in incident.findings.all()} == {FindingState.CONFIRMED}
    page = client.get(f"{base}/").content.decode()
    assert "&lt;b&gt;bold" in page
    assert "closed it: Real incident" in page


@pytest.mark.parametrize(
    ("step", "form", "status"),
    [
        ("close", {"verdict": "", "note": "x"}, 422),
        ("close", {"verdict": "true_positive", "note": ""}, 422),
        ("close", {"verdict": "nonsense", "note": "x"}, 422),
        ("comment", {"text": "   "}, 422),
        ("comment", {"text": "x" * 30_000}, 422),
        ("move", {"state": "contained"}, 302),  # said as a message, nothing happens
        ("move", {"state": "nonsense"}, 302),
        ("assign", {"assignee": "999999"}, 422),
        ("assign", {"assignee": "abc"}, 422),
        ("take", {"version": "abc"}, 302),
    ],
)
def test_mistakes_change_nothing_but_are_told(shop, incident, client_of, step, form, status):
    client = client_of(shop["technical_support"])
    entries = TimelineEntry.objects.count()
    response = client.post(f"/incidents/{incident.number}/{step}/", form)
    assert response.status_code == status
    if step != "take":
        assert TimelineEntry.objects.count() == entries
        page = (
            response.content.decode()
            or client.get(f"/incidents/{incident.number}/").content.decode()
        )
        assert 'role="alert"' in page or "notice error" in page


def test_a_stale_version_shows_both(shop, incident, client_of):
    base = f"/incidents/{incident.number}"
    technical, leader = client_of(shop["technical_support"]), client_of(shop["leadership"])
    technical.post(f"{base}/move/", {"version": 1, "state": "triaged"})
    late = leader.post(
        f"{base}/close/", {"version": 1, "verdict": "false_positive", "note": "ours"}
    )
    page = late.content.decode()
    assert late.status_code == 409
    for text in ("As it stands now", "Triaged", "What you wanted", "Closed", "False alarm", "ours"):
        assert text in page
    incident.refresh_from_db()
    assert incident.state == "triaged"
    # the form on that page carries the present version and what was wanted
    again = leader.post(
        f"{base}/close/", {"version": 2, "verdict": "false_positive", "note": "ours"}
    )
    assert again.status_code == 302
    incident.refresh_from_db()
    assert incident.state == "closed"


def test_clicking_twice_does_one_thing(shop, incident, client_of):
    client = client_of(shop["technical_support"])
    for _ in range(2):
        assert client.post(f"/incidents/{incident.number}/take/", {"version": 1}).status_code == 302
    assert incident.timeline.filter(kind=TimelineKind.ASSIGNED).count() == 1


def test_the_second_of_two_people_is_told_who_was_faster(shop, incident, client_of):
    client_of(shop["technical_support"]).post(f"/incidents/{incident.number}/take/", {"version": 1})
    late = client_of(shop["everybody"]).post(f"/incidents/{incident.number}/take/", {"version": 1})
    assert late.status_code == 409
    assert "chen.wei" in late.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment(shop, client_of):
    incident = Incident.objects.get(rule_uid=seed.SQLI)
    people = [shop["technical_support"], shop["everybody"]]
    start = threading.Barrier(2)
    statuses: list[int] = []

    def click(client: Client) -> None:
        start.wait()
        statuses.append(
            client.post(f"/incidents/{incident.number}/take/", {"version": 1}).status_code
        )
        connection.close()

    threads = [threading.Thread(target=click, args=(client_of(user),)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302, 409]
    assert incident.timeline.filter(kind=TimelineKind.ASSIGNED).count() == 1
    assert (
        LedgerEntry.objects.filter(action="take_incident", subject_id=incident.number).count() == 1
    )


def test_reporting(shop, client_of):
    client = client_of(shop["employee"])
    form = {
        "title": "Strange refunds",
        "type": "insider_threat",
        "severity": "4",
        "occurred_at": "2026-01-02T03:04",
        "affected": "refunds",
        "description": "<i>x</i>",
    }
    response = client.post("/report/", form, follow=True)
    page = response.content.decode()
    assert "Strange refunds" in page
    assert "&lt;i&gt;x" in page
    made = Incident.objects.latest("number")
    assert made.reporter == shop["employee"]
    assert made.occurred_at.isoformat() == "2026-01-01T19:04:00+00:00"  # written in Shanghai's time


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"type": "party"},
        {"severity": "9"},
        {"occurred_at": "2999-01-01T00:00"},
        {"occurred_at": "soon"},
        {"title": "x" * 400},
    ],
)
def test_a_report_with_mistakes_keeps_what_was_written(shop, client_of, changes):
    form = {
        "title": "t",
        "type": "data_breach",
        "severity": "3",
        "description": "long story",
    } | changes
    response = client_of(shop["employee"]).post("/report/", form)
    assert response.status_code == 422
    assert "long story" in response.content.decode()


def test_search_by_number_words_and_entity(shop, client_of):
    client = client_of(shop["technical_support"])
    number = Incident.objects.get(rule_uid=seed.SQLI).number
    for words in (f"#{number}", "203.0.113.77"):
        page = client.get("/incidents/", {"show": "all", "q": words}).content.decode()
        assert page.count('class="open') == 1, words
        assert f"/incidents/{number}/" in page
