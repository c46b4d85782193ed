"""Communication, duties, knowledge, suggestions as people use them: one month, every page."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.console.parts import communication as part

from shangdun.actions.report_incident import do_report_incident
from shangdun.records.duties import has_duties
from shangdun.records.models import (
    Communication,
    CommunicationLine,
    CommunicationProof,
    CrossTeamMember,
    DutyAnswer,
    DutyReview,
    Improvement,
    KnowledgePage,
    KnowledgePin,
    LedgerEntry,
    Message,
    RaciAssignment,
    RaciDuty,
    Suggestion,
    User,
)
from shangdun.respond.report import Report

NOON = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0)


@pytest.fixture
def month(people: dict[str, User], console: Path) -> dict[str, User]:
    do_report_incident(people["leadership"], Report(title="Leak", type="data_breach", severity=4))
    part.seed(people, console, NOON - timedelta(hours=1))
    return people


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db(transaction=True)
class TestMonth:
    def test_each_role_gets_exactly_where_it_may(self, month: dict) -> None:
        from django.urls import reverse  # noqa: PLC0415  of this test

        places = part.arguments()
        for role in ("employee", "auditor"):
            client = signed_in(month[role])
            for name, (method, allowed) in part.EXPECTED.items():
                if method != "get" or name == "communication_read":
                    continue
                answer = client.get(reverse(name, kwargs=places.get(name, {})))
                got_in = answer.status_code == 200
                answer.close()
                assert got_in is (role in allowed), (role, name, answer.status_code)

    def test_whoever_received_it_reads_it_and_nobody_else(self, month: dict) -> None:
        item = Communication.objects.exclude(message=None).get()
        path = f"/communication/{item.pk}/read/"
        assert signed_in(month["employee"]).get(path).status_code == 200  # it was for everybody
        item.message.inbox.filter(person=month["employee"]).delete()
        assert signed_in(month["employee"]).get(path).status_code == 404

    def test_an_item_is_written_approved_and_proven_with_a_file(self, month: dict) -> None:
        client = signed_in(month["leadership"])
        row = CommunicationLine.objects.get(key="training-suppliers")
        given = {"title": "研讨会", "body": "## 议题\n\n供应商安全要求"}
        client.post(f"/communication/lines/{row.pk}/tell/", given)
        item = Communication.objects.get(title="研讨会")
        base, today = f"/communication/{item.pk}/", datetime.now(UTC).astimezone().date()
        file = SimpleUploadedFile("签到表.txt", "王敏".encode())
        held = {"way": "seminar", "on": today.isoformat(), "people": "王敏", "file": file}
        assert client.post(f"{base}prove/", held).status_code == 422  # nobody approved it
        client.post(f"{base}step/approve/", {"version": item.version})
        item.refresh_from_db()
        assert item.state == "drafted"  # another leads: whoever wrote it does not approve it
        other = signed_in(month["everybody"])
        other.post(f"{base}step/approve/", {"version": item.version})
        item.refresh_from_db()
        assert item.state == "approved"
        held["file"] = SimpleUploadedFile("签到表.txt", "王敏".encode())
        assert client.post(f"{base}prove/", held).status_code == 302
        proof = CommunicationProof.objects.get(communication=item)
        assert proof.sha256 == hashlib.sha256("王敏".encode()).hexdigest()
        item.refresh_from_db()
        assert item.state == "sent"
        kept = client.get(f"{base}proofs/{proof.pk}/")
        assert b"".join(kept.streaming_content) == "王敏".encode()
        assert "sandbox" in kept.headers["Content-Security-Policy"]
        paper = client.get(f"{base}as/docx/")
        assert paper.status_code == 200
        assert paper.content[:2] == b"PK"

    def test_two_editors_see_both_texts(self, month: dict) -> None:
        page = KnowledgePage.objects.get(title__startswith="恢复备份")
        client = signed_in(month["technical_support"])
        old = {"version": 1, "title": page.title, "body": "mine", "language": "zh-hans"}
        answer = client.post(f"/knowledge/{page.number}/edit/", old)
        assert answer.status_code == 409
        assert "mine" in answer.content.decode()
        client.post(f"/knowledge/{page.number}/step/restore/", {"of": 1, "version": page.version})
        page.refresh_from_db()
        assert (page.version, page.body) == (3, part.PAGE.strip())
        assert page.versions.count() == 3

    def test_chinese_is_found_without_spaces_and_links_lead(self, month: dict) -> None:
        client = signed_in(month["employee"])
        found = client.get("/knowledge/", {"q": "隔离环境"}).content.decode()
        assert "<mark>隔离环境</mark>" in found
        assert "No page holds" not in found
        assert (
            client.get("/knowledge/", {"q": "隔离 restore"}).content.decode().count("<mark>") >= 1
        )
        assert "<mark>" not in client.get("/knowledge/", {"q": "隔离 nowhere"}).content.decode()
        writer = signed_in(month["legal"])
        typed = f"[[恢复备份 restore]] [x](https://page.invalid/{'1' * 5_000})"
        writer.post("/knowledge/add/", {"title": "值守安排", "body": typed,
                                        "language": "zh-hans"})  # fmt: skip
        there = KnowledgePage.objects.get(title="值守安排")
        page = KnowledgePage.objects.get(title__startswith="恢复备份")
        shown = client.get(f"/knowledge/{page.number}/").content.decode()
        assert f'href="/knowledge/{there.number}/"' in shown
        back = client.get(f"/knowledge/{there.number}/").content.decode()
        assert back.count(f'href="/knowledge/{page.number}/"') == 2  # its link, and what links here

    def test_a_page_is_written_for_an_incident_and_lies_beside_it(self, month: dict) -> None:
        client = signed_in(month["technical_support"])
        query = "?kind=incident&subject=1&tags=data_breach"
        given = {"title": "Leak steps", "body": "Do", "tags": "data_breach", "language": "en"}
        client.post(f"/knowledge/add/{query}", given)
        assert KnowledgePin.objects.filter(kind="incident", subject=1).count() == 2
        pinned = KnowledgePage.objects.get(title="Leak steps")
        gone = {"kind": "incident", "subject": 1, "page": pinned.number, "next": "/incidents/1/"}
        assert client.post("/knowledge/beside/remove/", gone)["Location"] == "/incidents/1/"
        assert KnowledgePin.objects.filter(kind="incident", subject=1).count() == 1

    def test_a_suggestion_without_a_name_leaves_none(self, month: dict) -> None:
        clerk = month["employee"]
        client = signed_in(clerk)
        before = LedgerEntry.objects.count()
        given = {"title": "Unnamed thing", "text": "because", "unnamed": "on"}
        shown = client.post("/suggestions/add/", given).content.decode()
        row = Suggestion.objects.get(title="Unnamed thing")
        entry = LedgerEntry.objects.order_by("seq").last()
        assert LedgerEntry.objects.count() == before + 1
        assert entry.actor == "system:suggestions"
        assert row.by is None
        assert row.given_at is None
        about = f"{row.__dict__} {entry.payload} {Message.objects.latest('id').data}"
        assert clerk.username not in about
        code = shown.split('select-all">')[1].split("<")[0]
        assert code not in about
        answers = signed_in(month["leadership"])
        reply = {"state": "accepted", "answer": "We do", "version": row.version}
        answers.post(f"/suggestions/{row.number}/answer/", reply)
        assert (
            "We do"
            in signed_in(clerk).post("/suggestions/code/", {"code": code.lower()}).content.decode()
        )
        assert signed_in(clerk).get(f"/suggestions/{row.number}/").status_code == 404
        row.refresh_from_db()
        plan = {"title": "Locks", "group": "logistics", "due": "2030-01-01", "retest": "look",
                "version": row.version}  # fmt: skip
        answers.post(f"/suggestions/{row.number}/improve/", plan)
        answers.post(f"/suggestions/{row.number}/improve/", plan)
        assert Improvement.objects.filter(title="Locks").count() == 1

    @pytest.mark.parametrize("unnamed", ["", "on"])
    def test_one_person_does_not_fill_the_box_and_loses_nothing_typed(
        self, month: dict, unnamed: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shangdun.console.unnamed._COUNTS", Counter())
        client, before = signed_in(month["employee"]), Suggestion.objects.count()
        had = Suggestion.objects.filter(by=month["employee"]).count() if not unnamed else 0
        statuses = []
        for number in range(12):
            fields = {"title": f"Idea {number}", "text": "Typed for an hour", "unnamed": unnamed}
            answer = client.post("/suggestions/add/", fields)
            statuses.append(answer.status_code)
        assert Suggestion.objects.count() - before == 10 - had
        assert statuses[-2:] == [422, 422]
        page = answer.content.decode()
        assert "Idea 11" in page
        assert "Typed for an hour" in page
        assert "enough for one day" in page or "一天" in page
        other = signed_in(month["leadership"])
        fields = {"title": "Another's", "text": "x", "unnamed": unnamed}
        assert other.post("/suggestions/add/", fields).status_code in {200, 302}

    def test_duties_are_confirmed_corrected_settled_and_the_round_closed(self, month: dict) -> None:
        legal, boss = signed_in(month["legal"]), signed_in(month["leadership"])
        legal.post("/duties/mine/answer/", {"verb": "confirm"})
        answer = DutyAnswer.objects.get(person=month["legal"])
        assert answer.state == "confirmed"
        assert "group: 跨团队项目组 (法律意见)" in answer.duties
        wants = DutyAnswer.objects.get(person=month["employee"])
        boss.post(f"/duties/reviews/2026-H1/settle/{wants.pk}/", {"text": "added"})
        wants.refresh_from_db()
        assert wants.state == "settled"
        boss.post("/duties/reviews/2026-H1/close/", {"outcome": "fine", "version": 1})
        assert DutyReview.objects.get().closed_by == month["leadership"]

    def test_gaps_stay_visible_until_somebody_is_named(self, month: dict) -> None:
        boss = signed_in(month["leadership"])
        assert "Nobody holds" in boss.get("/duties/").content.decode()
        duty = RaciDuty.objects.get(title="安全风险评估", key="")
        given = {"title": duty.title, "version": duty.version, "letter_0": "A",
                 "person_0": month["legal"].pk, "letter_1": "A",
                 "person_1": month["leadership"].pk}  # fmt: skip
        boss.post(f"/duties/{duty.pk}/", given)
        assert "2 people answer for it" in boss.get("/duties/").content.decode()

    def test_my_duties_stand_in_the_menu_of_whoever_has_any(self, month: dict) -> None:
        worker = month["employee"]
        for rows in (RaciAssignment, CrossTeamMember, DutyAnswer):
            rows.objects.filter(person=worker).delete()
        way = 'href="/duties/mine/"'
        assert way not in signed_in(worker).get("/suggestions/").content.decode()
        RaciAssignment.objects.create(
            duty=RaciDuty.objects.filter(archived_at=None).first(), person=worker, letter="I"
        )
        with CaptureQueriesContext(connection) as queries:
            assert has_duties(worker)
        assert len(queries) == 1
        assert signed_in(worker).get("/suggestions/").content.decode().count(way) == 2
        page = signed_in(worker).get("/duties/mine/").content.decode()
        assert f'{way} aria-current="page"' in page
