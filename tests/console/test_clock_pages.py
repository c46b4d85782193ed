"""Clocks, reports, claims and figures as people use them: in the browser's words, two at once."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.console.response.figures import as_csv
from shangdun.kernel.clock import FixedClock
from shangdun.records.figures import Chosen, courses
from shangdun.records.models import Clock, Company, Drill, Incident, Submission
from shangdun.respond.facts import Facts
from shangdun.respond.report import Report

pytestmark = pytest.mark.django_db
HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> {{ 7*7 }}'


@pytest.fixture
def breach(people: Any) -> Incident:
    """Aware an hour ago, a million people: three hours are left."""
    Company.objects.create(name_zh="拾光百货", contact_name="孙丽", contact_phone="0571-5555")
    clock = FixedClock(timezone.now() - timedelta(hours=1))
    report = Report(title=HOSTILE, type="data_breach", affected="会员中心")
    found = do_report_incident(people["legal"], report, clock=clock)
    facts = Facts(known_at=clock.now(), personal_data=True, people=1_000_000)
    do_state_facts(people["legal"], incident_id=found.pk, facts=facts, clock=clock)
    return found


def drilled() -> Drill:
    now = timezone.now()
    return Drill.objects.create(number=1, title="演练", planned_at=now, created=now)


def new_report(breach: Incident, duty: str = "cac-operator") -> str:
    clock = Clock.objects.get(incident=breach, duty=duty)
    return f"/incidents/{breach.number}/clocks/{clock.pk}/report/"


def test_before_anybody_states_facts_the_page_says_what_to_find_out(people, client_of):
    found = do_report_incident(people["legal"], Report(title="x", type="data_breach"))
    page = client_of(people["legal"]).get(f"/incidents/{found.number}/clocks/").content.decode()
    assert "how many people&#x27;s data got out" in page
    assert "the provincial cyberspace administration" in page


def test_the_page_says_what_is_left_what_brings_it_and_what_would_bring_more(
    people, breach, client_of
):
    page = client_of(people["legal"]).get(f"/incidents/{breach.number}/clocks/").content.decode()
    assert 'data-countdown="' in page
    assert "2 h 59 min left" in page or "3 h left" in page
    assert "1,000,000 people or more" in page
    assert "it is critical information infrastructure" in page  # what would make it one hour
    assert "to be confirmed by your counsel" in page
    assert "<script>alert" not in page


def test_the_clocks_stay_the_same_for_a_browser_that_has_them(people, breach, client_of):
    client = client_of(people["legal"])
    first = client.get(f"/incidents/{breach.number}/clocks/live/")
    again = client.get(
        f"/incidents/{breach.number}/clocks/live/", headers={"If-None-Match": first["ETag"]}
    )
    assert (first.status_code, again.status_code) == (200, 304)


def test_a_report_comes_filled_in_and_says_what_is_to_be_verified(people, breach, client_of):
    page = client_of(people["legal"]).get(new_report(breach)).content.decode()
    assert "拾光百货" in page
    assert "1,000,000" in page
    assert "会员中心" in page
    assert "待核实" in page  # the report is Chinese, whatever the page's language
    assert "items still have to be verified" in page


def test_from_the_form_to_the_proof_and_the_clock_stops(people, breach, client_of):
    client = client_of(people["legal"])
    said = {"language": "zh", "phase": "first", "item_entity": "拾光百货", "item_event": HOSTILE}
    saved = client.post(new_report(breach), said)
    assert saved.status_code == 302
    row = Submission.objects.get()
    assert client.get(new_report(breach)).status_code == 302  # the draft is gone on with
    clock = Clock.objects.get(incident=breach, duty="cac-operator")
    png = SimpleUploadedFile("../回执.png", b"\x89PNG\r\n\x1a\n1", "text/html")
    handed = client.post(
        f"{saved.url}hand-in/",
        {"version": row.version, "recipient": "省网信办", "channel": "12387", "receipt": "R-7",
         "clocks": [clock.pk], "proofs": [png]},
    )  # fmt: skip
    assert handed.status_code == 302
    clock.refresh_from_db()
    assert clock.state == "met"
    page = client.get(saved.url).content.decode()
    assert "R-7" in page
    assert breach.evidence.get().sha256 in page
    assert "<script>alert" not in page


def test_a_mistake_keeps_what_was_typed(people, breach, client_of):
    client = client_of(people["legal"])
    said = {"language": "xx", "phase": "first", "item_entity": "typed with care"}
    answer = client.post(new_report(breach), said)
    assert answer.status_code == 422
    assert "typed with care" in answer.content.decode()
    client.post(new_report(breach), said | {"language": "zh"})
    row = Submission.objects.get()
    answer = client.post(
        f"/incidents/{breach.number}/reports/{row.number}/hand-in/",
        {"version": row.version, "recipient": "the office", "channel": "telephone"},
    )
    assert answer.status_code == 422  # item 2 cannot wait
    assert 'value="the office"' in answer.content.decode()


def test_two_people_at_one_report_see_both_versions(people, breach, client_of):
    mine, theirs = client_of(people["legal"]), client_of(people["leadership"])
    said = {"language": "zh", "phase": "first", "item_entity": "a"}
    address = mine.post(new_report(breach), said).url
    theirs.post(address, {**said, "version": 1, "item_cause": "weak password"})
    answer = mine.post(address, {**said, "version": 1, "item_cause": "injection"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "weak password" in page
    assert "injection" in page


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-"), ("docx", b"PK")])
def test_a_report_leaves_as_pdf_and_word(people, breach, client_of, form, start):
    client = client_of(people["legal"])
    said = {"language": "zh", "phase": "first", "item_entity": "拾光百货", "item_event": HOSTILE}
    address = client.post(new_report(breach), said).url
    answer = client.get(f"{address}as/{form}/")
    assert answer.content.startswith(start)
    assert "attachment" in answer["Content-Disposition"]
    if form == "docx":
        text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
        assert "待核实" in text
        assert "&lt;script&gt;" in text


def test_a_drill_rehearses_and_is_in_no_list(people, breach, client_of):
    Incident.objects.filter(pk=breach.pk).update(drill=drilled())
    client = client_of(people["legal"])
    said = {"language": "zh", "phase": "first", "item_entity": "a", "item_event": "b"}
    address = client.post(new_report(breach), said).url
    handed = {"version": 1, "recipient": "省网信办", "channel": "12387"}
    page = client.post(f"{address}hand-in/", handed, follow=True).content.decode()
    assert "nothing left the company" in page
    assert Submission.objects.get().rehearsal
    assert "No clock" in client.get("/clocks/").content.decode()
    assert f'href="/incidents/{breach.number}/"' not in client.get("/figures/").content.decode()
    rehearsed = client.get("/figures/?drills=1").content.decode()
    assert f'href="/incidents/{breach.number}/"' in rehearsed


def test_legal_says_no_and_the_clock_is_withdrawn(people, breach, client_of):
    clock = Clock.objects.get(incident=breach, duty="cac-operator")
    client = client_of(people["legal"])
    address = f"/incidents/{breach.number}/clocks/{clock.pk}/judge/"
    client.post(address, {"applies": "no", "version": clock.version, "reason": "not ours"})
    late = client.post(address, {"applies": "yes", "version": clock.version, "reason": "ours"})
    assert late.status_code == 409
    clock.refresh_from_db()
    assert clock.state == "withdrawn"


def test_the_room_shows_the_most_urgent_clock_on_every_tab(people, breach, client_of):
    page = client_of(people["legal"]).get(f"/incidents/{breach.number}/").content.decode()
    assert f"/incidents/{breach.number}/clocks/#clock-cac-operator" in page
    overview = client_of(people["leadership"]).get("/").content.decode()
    assert "the provincial cyberspace administration" in overview


def test_claims_with_a_wrong_amount_are_told_where(people, breach, client_of):
    client = client_of(people["legal"])
    typed = {"claimant": HOSTILE, "basis": "PIPL 69", "currency": "CNY", "state": "open",
             "received_on": "2026-03-05", "amount": "12.345"}  # fmt: skip
    answer = client.post(f"/incidents/{breach.number}/legal/claims/add/", typed)
    assert answer.status_code == 422
    assert "cmd|" in answer.content.decode()
    typed["amount"] = "1200.50"
    client.post(f"/incidents/{breach.number}/legal/claims/add/", typed)
    page = client.get(f"/incidents/{breach.number}/legal/").content.decode()
    assert "1,200.50" in page
    assert "<script>alert" not in page


def test_figures_leave_as_csv_that_runs_nothing(people, breach, client_of):
    Incident.objects.filter(pk=breach.pk).update(contained_at=timezone.now())
    answer = client_of(people["auditor"]).get("/figures/incidents.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (row,) = [dict(zip(rows[0], cells, strict=True)) for cells in rows[1:]]
    assert row["incident"] == str(breach.number)
    assert 3590 <= int(row["contain_seconds"]) <= 3700
    assert row["recover_seconds"] == ""  # not known is not nought
    hostile = courses(people["auditor"], _everything())[0]
    assert b"'=1+1" in as_csv([type(hostile)(
        number=1, type="=1+1", grade=0, occurred_at=hostile.occurred_at, moments=hostile.moments
    )])  # fmt: skip


def test_ten_thousand_incidents_are_read_in_two_queries(people, django_assert_num_queries):
    now = timezone.now()
    Incident.objects.bulk_create(
        [
            Incident(
                number=number, title="x", type="network_attack", severity=3, state="closed",
                occurred_at=now, last_activity=now, reported_at=now,
            )
            for number in range(1, 10_001)
        ],
        batch_size=2000,
    )  # fmt: skip
    auditor = people["auditor"]
    assert auditor.roles  # read once a request, by whoever asks first
    with django_assert_num_queries(2):
        assert len(courses(auditor, _everything())) == 10_000


def _everything() -> Chosen:
    now = timezone.now()
    return Chosen(since=now - timedelta(days=400), until=now + timedelta(days=1))


@pytest.mark.parametrize(
    "query", ["quarters=x&type=1&grade=9&quarter=zz&page=-4", "quarter=2026Q9"]
)
def test_an_odd_question_is_answered_and_not_an_error(people, breach, client_of, query):
    client = client_of(people["auditor"])
    assert client.get(f"/figures/?{query}").status_code == 200
    assert client.get(f"/figures/spans.json?{query}").status_code == 200
