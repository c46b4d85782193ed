"""The pages for rules as an administrator goes through them, and with thousands of rules."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shangdun.console.rulebook import RULEBOOK
from shangdun.detect.rule_archive import RuleFile
from shangdun.detect.rule_import import harvest
from shangdun.records.models import HuntRun, RuleDocument, RuleImport, RuleListEntry
from shangdun.records.roles import Role

from .seed import SQLI
from .seed_rules import IMPORTED, rule

pytestmark = pytest.mark.django_db
MANY = 4000


@pytest.fixture
def client(people, client_of):
    return client_of(people[Role.ADMINISTRATOR])


def test_a_copy_is_checked_tried_saved_and_deleted(client) -> None:
    page = client.get(f"/rules/{SQLI}/edit/")
    text = page.context["text"]
    assert text.startswith("title: SQL Injection")
    broken = text.replace("condition: selection", "condition: nowhere")
    answer = client.post(f"/rules/{SQLI}/edit/", {"text": broken, "version": 0, "check": 1})
    assert answer.status_code == 422
    assert answer.context["line"] == 12
    assert b'class="wrong">12<' in answer.content

    changed = text.replace("level: high", "level: low").replace("\n", "\r\n")
    answer = client.post(f"/rules/{SQLI}/edit/", {"text": changed, "version": 0, "try": 1})
    run = HuntRun.objects.get()
    assert "level: low" in run.rule_text
    assert f"/rules/trials/{run.pk}/".encode() in answer.content
    assert not RuleDocument.objects.exists()

    asked = {"text": changed, "version": 0, "save": 1}
    assert client.post(f"/rules/{SQLI}/edit/", asked).status_code == 422  # without a reason
    client.post(f"/rules/{SQLI}/edit/", asked | {"reason": "too loud"})
    assert RULEBOOK.get(SQLI).level == "low"
    assert b"level: low" in client.get(f"/rules/{SQLI}/history/").content
    client.post(f"/rules/{SQLI}/history/remove/", {"reason": "no"})
    assert RULEBOOK.get(SQLI).level == "high"


def test_an_archive_is_looked_at_applied_and_taken_back(client) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("sigma/web/one.yml", rule(1))
        archive.writestr("sigma/web/../../two.yml", rule(2))
    data.seek(0)
    data.name = "sigma_core-2026-03.zip"
    client.post("/rules/imports/upload/", {"file": data})
    row = RuleImport.objects.get()
    assert (row.collection, row.counts) == ("sigma_core", {"new": 1, "wrong": 1})
    page = client.get(f"/rules/imports/{row.pk}/?change=wrong").content.decode()
    assert "leads out of the archive" in page
    client.post(f"/rules/imports/{row.pk}/do/", {"do": "apply", "reason": "release"})
    assert RULEBOOK.get(IMPORTED % 1)
    client.post(f"/rules/imports/{row.pk}/do/", {"do": "undo", "reason": "loud"})
    assert RULEBOOK.get(IMPORTED % 1) is None


def test_a_list_takes_values_and_gives_them_up(client) -> None:
    asked = {"name": "partners", "values": "10.0.0.0/8\r\n1.2.3.4", "reason": "office"}
    client.post("/rules/lists/add/", asked)
    assert b"1.2.3.4" in client.get("/rules/lists/").content
    gone = {"name": "partners", "value": "1.2.3.4", "reason": "moved"}
    client.post("/rules/lists/remove/", gone)
    assert RuleListEntry.objects.get().value == "10.0.0.0/8"


def test_pages_stay_quick_with_thousands_of_rules(client) -> None:
    texts = (
        rule(1).replace(IMPORTED % 1, f"4a2b7d1c-0f43-4a4e-9a0c-{number:012}")
        for number in range(MANY)
    )
    found = harvest(RuleFile(f"{number}.yml", text.encode()) for number, text in enumerate(texts))
    assert len(found.documents) == MANY
    now = RuleDocument(kind="rule", origin="imported", collection="many", version=1)
    RuleDocument.objects.bulk_create(
        RuleDocument(
            uid=one.uid, kind=now.kind, title=one.title, text=one.text, origin=now.origin,
            collection=now.collection, version=1, changed="2026-03-01T00:00:00Z",
        )
        for one in found.documents
    )  # fmt: skip
    client.get("/rules/")  # reads them once
    while len(RULEBOOK.rules()) < MANY:
        time.sleep(0.1)
    uid = found.documents[0].uid
    for path in ("/rules/", "/rules/?q=backup&page=40", f"/rules/{uid}/", "/rules/coverage/"):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            before = time.process_time()
            assert client.get(path).status_code == 200
            spent = time.process_time() - before
        print(f"{path}: {len(queries)} queries, {spent * 1000:.0f} ms")
        assert len(queries) <= 12
        assert spent < 0.15
