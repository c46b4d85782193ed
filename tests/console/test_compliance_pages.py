"""Law and measures in the browser's hands: from an empty system to a closed, sealed assessment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shangdun.records.models import (
    AssessmentRound,
    AuditFinding,
    Control,
    ControlResult,
    DutyJudgement,
    Improvement,
    LawReview,
    LegalDuty,
    ProofFile,
)

from .pages import inline
from .parts import compliance as part

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def seeded(people, console):
    """The part's own seed, without the rest of the shop's day."""
    part.seed(people, console, datetime.now(UTC))
    return people


def test_every_page_is_answered_as_text_and_without_script(seeded, client_of):
    client = client_of(seeded["everybody"])
    hostile = 0
    for name, path in part.paths().items():
        response = client.get(path)
        assert response.status_code == 200, name
        html = response.content.decode()
        assert not inline(html), name
        assert "<script>alert(1)" not in html, name
        hostile += "&lt;script&gt;alert(1)" in html
    assert hostile >= 5
    for address in ("/controls/statement/pdf/", "/law/assessments/1/as/docx/"):
        response = client.get(address)
        assert response.status_code == 200
        assert len(response.content) > 5000


def test_an_empty_system_says_what_to_do_first_and_does_it(people, client_of):
    client = client_of(people["everybody"])
    assert "Take them over" in client.get("/controls/").content.decode()
    assert "Set it up" in client.get("/law/").content.decode()
    client.post("/controls/adopt/")
    client.post("/law/begin/")
    assert Control.objects.count() > 40
    assert LegalDuty.objects.filter(uid="csl-logs").exists()
    answers = {"platform": ["web"], "customers": "20000000", "important_data": "no"}
    response = client.post("/law/facts/", {**answers, "personalised": "", "mlps_level": "3"})
    assert response.status_code == 302
    told = client.get("/law/duties/audit-biennial/").content.decode()
    assert "It applies" in told


def test_a_check_by_hand_keeps_its_photograph_under_its_hash(seeded, client_of):
    client = client_of(seeded["technical_support"])
    photo = SimpleUploadedFile("lock.jpg", b"\xff\xd8 the lock")
    given = {"state": "pass", "method": "on_site", "note": f"Room 3 {HOSTILE}", "files": photo}
    assert client.post("/controls/malware/check/", given).status_code == 302
    result = ControlResult.objects.latest("pk")
    assert (result.state, result.control.key, len(result.files)) == ("pass", "malware", 1)
    kept = ProofFile.objects.get(pk=result.files[0]["id"])
    back = client.get(f"/controls/files/{kept.pk}/")
    assert b"".join(back.streaming_content) == b"\xff\xd8 the lock"
    assert "attachment" in back.headers["Content-Disposition"]
    assert "&lt;script&gt;" in client.get("/controls/malware/").content.decode()


def test_a_check_without_a_word_is_asked_for_and_keeps_what_was_chosen(seeded, client_of):
    client = client_of(seeded["technical_support"])
    before = ControlResult.objects.count()
    response = client.post("/controls/malware/check/", {"state": "fail", "method": "document"})
    assert response.status_code == 422
    assert 'value="fail"' in response.content.decode()
    assert ControlResult.objects.count() == before


def test_an_employee_sees_neither_law_nor_opinion(seeded, client_of):
    client = client_of(seeded["employee"])
    opinion = ProofFile.objects.get(about="law")
    for path in ("/law/", "/controls/", f"/controls/files/{opinion.pk}/"):
        assert client.get(path).status_code == 403
    assert client.get("/controls/training/").status_code == 404
    Control.objects.filter(key="training").update(owner=seeded["employee"])
    assert client.get("/controls/training/").status_code == 200  # hers now, to be looked at
    seen = {"state": "pass", "method": "document", "note": "Twelve signatures."}
    assert client.post("/controls/training/check/", seen).status_code == 302
    assert client.get("/controls/malware/").status_code == 404
    follower = client_of(seeded["logistics"])
    assert follower.get("/controls/").status_code == 200
    assert follower.get(f"/controls/files/{opinion.pk}/").status_code == 404


def test_two_people_change_one_measure_and_nothing_is_lost(seeded, client_of):
    client = client_of(seeded["technical_support"])
    row = Control.objects.get(key="malware")
    given = {"group": "logistics", "rhythm": "month", "applies": "on", "version": row.version}
    assert client.post("/controls/malware/change/", given).status_code == 302
    late = client.post("/controls/malware/change/", {**given, "rhythm": "year"})
    assert late.status_code == 409
    assert Control.objects.get(key="malware").rhythm == "month"


def test_a_change_of_law_is_reviewed_and_becomes_an_improvement(seeded, client_of):
    client = client_of(seeded["legal"])
    row = LawReview.objects.get(done_at=None, duty__uid="csl-mlps")
    page = client.get("/law/changes/").content.decode()
    assert "<ins" in page
    wrong = {"outcome": "improvement", "note": "We must report."}
    assert client.post(f"/law/changes/{row.pk}/review/", wrong).status_code == 422
    right = {**wrong, "change": "Report the result", "retest": "See the receipt."}
    assert client.post(f"/law/changes/{row.pk}/review/", right).status_code == 302
    row.refresh_from_db()
    assert row.improvement.title == "Report the result"


def test_an_assessment_goes_from_duty_to_duty_and_closes_when_all_is_judged(seeded, client_of):
    row = AssessmentRound.objects.get()
    auditor, legal = client_of(seeded["auditor"]), client_of(seeded["legal"])
    room = f"/law/assessments/{row.number}/"
    early = auditor.post(f"{room}close/", {"conclusion": "All is well."})
    assert early.status_code == 422
    kept = {"side": "internal", "verdict": "kept"}
    for line in legal.get(room).context["missing"]:
        assert auditor.post(f"{room}judge/{line}/", kept).status_code == 302
    assert auditor.post(f"{room}close/", {"conclusion": "All is well."}).status_code == 302
    row.refresh_from_db()
    assert (row.state, len(row.closed_sha256)) == ("closed", 64)
    assert DutyJudgement.objects.filter(round=row, duty__uid="csl-plan").exists()
    assert auditor.post(f"{room}judge/csl-plan/", kept).status_code == 422


def test_nobody_judges_the_duty_he_looks_after(seeded, client_of):
    LegalDuty.objects.filter(uid="csl-plan").update(owner=seeded["legal"])
    room = "/law/assessments/1/judge/csl-plan/"
    answer = client_of(seeded["legal"]).post(room, {"side": "internal", "verdict": "kept"})
    assert answer.status_code == 422
    assert not DutyJudgement.objects.filter(duty__uid="csl-plan").exists()


def test_a_finding_is_followed_until_its_improvement_is_proven(seeded, client_of):
    auditor = client_of(seeded["auditor"])
    finding = AuditFinding.objects.get()
    look = {"note": "Dialled it.", "closes": "on"}
    address = f"/law/findings/{finding.number}/follow/"
    assert auditor.post(address, look).status_code == 422
    Improvement.objects.filter(pk=finding.improvement_id).update(state="proven")
    assert auditor.post(address, look).status_code == 302
    finding.refresh_from_db()
    assert finding.state == "closed"
