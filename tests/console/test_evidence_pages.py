"""Evidence in the browser's hands: uploads, downloads, handing over, exports that others check."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shangdun.actions.report_incident import do_report_incident
from shangdun.records.models import CustodyEntry, Evidence, Incident, LedgerEntry, User
from shangdun.respond.report import Report

from .pages import inline

HOSTILE = b"<html><script>alert(document.cookie)</script></html>"


@pytest.fixture
def incident(people: dict[str, User]) -> Incident:
    report = Report(title="Shop is slow", type="network_attack")
    return do_report_incident(people["technical_support"], report)


@pytest.fixture
def technical(people, client_of) -> Client:
    return client_of(people["technical_support"])


def add(client: Client, incident: Incident, *files: tuple[str, bytes], **more: object):
    room = f"/incidents/{incident.number}/evidence/"
    given = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"{room}add/", {"file": given, **more})


def stored(console: Path) -> list[Path]:
    return [path for path in (console / "evidence").rglob("*") if path.is_file()]


def test_files_are_kept_byte_for_byte_under_their_hash(technical, incident, console):
    response = add(technical, incident, ("a.log", b"one"), ("b.log", b"two"), note="on web-1")
    assert response.status_code == 302
    first, second = Evidence.objects.order_by("number")
    assert first.sha256 == hashlib.sha256(b"one").hexdigest()
    assert (second.number, second.note) == (2, "on web-1")
    place = console / "evidence" / first.sha256[:2] / first.sha256[2:]
    assert place.read_bytes() == b"one"
    assert place.stat().st_mode & 0o777 == 0o400
    assert len(stored(console)) == 2  # no draft is left


def test_a_hostile_page_comes_back_as_bytes_to_save(technical, incident):
    add(technical, incident, ("invoice.pdf", HOSTILE))
    page = technical.get(f"/incidents/{incident.number}/evidence/1/").content.decode()
    assert "alert(document" not in page
    assert "is not what its name says" in page
    assert inline(page) == []
    response = technical.post(f"/incidents/{incident.number}/evidence/1/download/")
    assert b"".join(response.streaming_content) == HOSTILE
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert CustodyEntry.objects.filter(act="accessed").count() == 1


def test_a_download_cannot_be_asked_for_by_an_address(technical, incident):
    add(technical, incident, ("a.log", b"one"))
    assert technical.get(f"/incidents/{incident.number}/evidence/1/download/").status_code == 405
    assert not CustodyEntry.objects.filter(act="accessed").exists()


def test_the_given_name_is_kept_as_data_and_never_used(technical, incident):
    name = "../../etc/\u202egnp.exe"
    room = f"/incidents/{incident.number}/evidence/"
    technical.post(
        f"{room}add/", {"file": SimpleUploadedFile("x.png", b"MZ\x90"), "original": name}
    )
    item = Evidence.objects.get()
    assert (item.name, item.original_name) == ("gnp.exe", name)
    assert "hidden_characters" in item.flags
    assert "\u202e" not in technical.get(f"{room}1/").content.decode()


def test_without_the_token_nothing_is_kept(people, incident, console):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        people["technical_support"],
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert add(client, incident, ("a.log", b"one")).status_code == 403
    assert not Evidence.objects.exists()
    assert stored(console) == []


def test_who_may_not_writes_nothing_to_the_disk(people, client_of, incident, console):
    assert add(client_of(people["auditor"]), incident, ("a", b"one")).status_code == 403
    assert add(Client(), incident, ("a", b"one")).status_code == 302
    assert stored(console) == []


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    technical, incident, console, settings
):
    settings.CONFIG.respond.evidence_megabytes = 1
    response = add(technical, incident, ("big.bin", b"\0" * ((1 << 20) + 1)))
    assert response.status_code == 302
    assert "larger than" in technical.get(response.url).content.decode()
    assert not Evidence.objects.exists()
    assert stored(console) == []


def test_more_files_than_allowed_mix_into_no_other(technical, incident, console):
    """The bytes of one too many once went into the file before it."""
    files = [(f"{n}.log", f"content {n}".encode()) for n in range(51)]
    response = add(technical, incident, *files)
    assert response.status_code == 302
    assert not Evidence.objects.exists()
    assert not stored(console)
    assert add(technical, incident, *files[:50]).status_code == 302
    last = Evidence.objects.get(number=50)
    assert last.sha256 == hashlib.sha256(b"content 49").hexdigest()


def test_the_script_is_told_in_words_what_went_wrong(technical, incident, settings):
    settings.CONFIG.respond.evidence_megabytes = 1
    room = f"/incidents/{incident.number}/evidence/add/"
    file = SimpleUploadedFile("big.bin", b"\0" * ((1 << 20) + 1))
    answer = technical.post(room, {"file": file}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "larger" in answer.json()["problem"]


def test_an_export_is_checked_without_shangdun(technical, incident, tmp_path):
    add(technical, incident, ("a.log", b"one"), ("日志.log", "二".encode()))
    room = f"/incidents/{incident.number}/evidence/"
    response = technical.post(f"{room}export/", {"item": ["1", "2"], "purpose": "for the police"})
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert checked.stdout.count(": OK") == 6
    verify = [sys.executable, "-I", "verify_custody.py"]
    assert subprocess.run(verify, cwd=folder, check=True, capture_output=True).returncode == 0
    manifest = (folder / "manifest.json").read_bytes()
    entry = LedgerEntry.objects.get(action="export_evidence")
    assert hashlib.sha256(manifest).hexdigest() in entry.payload
    (folder / "manifest.json").chmod(0o600)
    (folder / "manifest.json").write_bytes(manifest.replace(b"for the police", b"for somebody el"))
    broken = subprocess.run(verify, cwd=folder, capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stdout.count("BROKEN")) == (1, 2)


def test_an_export_without_a_purpose_keeps_what_was_chosen(technical, incident):
    add(technical, incident, ("a.log", b"one"), ("b.log", b"two"))
    room = f"/incidents/{incident.number}/evidence/"
    response = technical.post(f"{room}export/", {"item": ["2"]})
    assert response.status_code == 422
    assert 'value="2" aria-label="E-2" checked' in response.content.decode()


def test_handing_over_takes_two_signatures(people, client_of, technical, incident):
    add(technical, incident, ("a.log", b"one"))
    item = f"/incidents/{incident.number}/evidence/1/"
    legal = people["legal"]
    technical.post(f"{item}hand-over/", {"to": legal.pk, "reason": "to keep it"})
    assert Evidence.objects.get().holder == people["technical_support"]
    stranger = client_of(people["logistics"]).post(f"{item}accept/")
    assert stranger.status_code == 422
    for _ in range(2):  # the second click does nothing
        assert client_of(legal).post(f"{item}accept/").status_code == 302
    assert Evidence.objects.get().holder == legal
    acts = [entry.act for entry in CustodyEntry.objects.order_by("number")]
    assert acts == ["collected", "offered", "accepted"]


def test_a_form_with_a_mistake_keeps_what_was_typed(technical, incident):
    add(technical, incident, ("a.log", b"one"))
    item = f"/incidents/{incident.number}/evidence/1/"
    response = technical.post(f"{item}hand-out/", {"receiver": "Officer Li", "reason": " "})
    assert response.status_code == 422
    assert "Officer Li" in response.content.decode()


def test_changed_bytes_are_found_and_shouted(technical, incident, console):
    add(technical, incident, ("a.log", b"one"))
    item = Evidence.objects.get()
    place = console / "evidence" / item.sha256[:2] / item.sha256[2:]
    place.chmod(0o600)
    place.write_bytes(b"onE")
    room = f"/incidents/{incident.number}/evidence/"
    response = technical.post(f"{room}1/verify/", follow=True)
    assert "It does not hold" in response.content.decode()
    assert "was changed behind our back" in technical.get(room).content.decode()
    assert incident.timeline.filter(data__what="damaged").count() == 1


def test_a_chain_that_somebody_rewrote_is_named(technical, incident):
    add(technical, incident, ("a.log", b"one"))
    item = f"/incidents/{incident.number}/evidence/1/"
    technical.post(f"{item}note/", {"text": "found on web-1"})
    CustodyEntry.objects.filter(number=2).update(text="found on web-2")
    page = technical.get(item).content.decode()
    assert "does not hold from link 2 on" in page


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_custody_form_comes_as_a_document(technical, incident, form):
    add(technical, incident, ("a.log", b"one"))
    answer = technical.get(f"/incidents/{incident.number}/evidence/1/as/{form}/")
    assert answer.content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
