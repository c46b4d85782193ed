"""Writing playbooks in the browser's forms: nothing typed is lost, nothing is stored unasked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.console.parts.playbooks import OWN, UID

from shangdun.actions.playbooks.bring import do_bring_playbooks
from shangdun.console.forms.playbook_draft import draft_of
from shangdun.records.actor import JOBS
from shangdun.records.models import Playbook, PlaybookVersion, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(people: dict[str, User]) -> Client:
    do_bring_playbooks(JOBS)
    client = Client()
    client.force_login(people["technical_support"])
    return client


def post(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, fields)


def test_a_step_is_written_without_a_line_of_text(client: Client) -> None:
    text = OWN
    added = post(client, "/playbooks/new/", text=text, version="0", add="watch")
    draft = draft_of(added.context["text"])
    assert draft is not None
    assert list(draft["steps"]) == ["watch", "step", "tell"]
    moved = post(client, "/playbooks/new/", text=added.context["text"], version="0", down="step")
    form = {
        "step": "step", "key": "call-manager", "name_zh": "叫经理", "name_en": "Call",
        "do_zh": "打电话", "do_en": "Call", "group": "logistics", "minutes": "5",
        "phase": "logistics",
    }  # fmt: skip
    written = post(client, "/playbooks/new/", text=moved.context["text"], version="0", **form)
    draft = draft_of(written.context["text"])
    assert draft is not None
    assert list(draft["steps"]) == ["watch", "tell", "call-manager"]
    assert draft["steps"]["call-manager"]["group"] == "logistics"
    assert not Playbook.objects.filter(title_en="Night of the sale").exists()
    saved = post(
        client,
        "/playbooks/new/",
        text=written.context["text"],
        version="0",
        save="1",
        reason="大促",
    )
    assert saved.status_code == 302
    row = Playbook.objects.get(title_en="Night of the sale")
    assert (row.steps, row.enabled, row.problems) == (3, False, 0)


def test_a_mistake_keeps_what_was_typed(client: Client) -> None:
    form = {
        "step": "tell",
        "key": "tell",
        "name_zh": "我写了很久的名字",
        "next": "nowhere",
        "do_zh": "x",
    }
    answer = post(client, "/playbooks/new/", text=OWN, version="0", save="1", reason="r", **form)
    assert answer.status_code == 422
    assert "我写了很久的名字" in answer.content.decode()
    broken = post(
        client, "/playbooks/new/", text=OWN + "  bad: [", version="0", save="1", reason="r"
    )
    assert broken.status_code == 422
    assert "bad: [" in broken.content.decode()
    assert Playbook.objects.count() == 9


def test_two_people_see_both_texts(client: Client) -> None:
    text = client.get(f"/playbooks/{UID}/edit/").context["text"]
    path = f"/playbooks/{UID}/edit/"
    first = text.replace("minutes: 30", "minutes: 29", 1)
    second = text.replace("minutes: 30", "minutes: 28", 1)
    assert post(client, path, text=first, version="1", save="1", reason="一").status_code == 302
    answer = post(client, path, text=second, version="1", save="1", reason="二")
    assert answer.status_code == 409
    assert "minutes: 29" in answer.content.decode()
    assert "minutes: 28" in answer.content.decode()
    again = post(client, path, text=second, version="2", save="1", reason="二")
    assert again.status_code == 302
    assert PlaybookVersion.objects.filter(playbook__uid=UID).count() == 3


def test_hostile_texts_are_only_text(client: Client) -> None:
    evil = "<script>alert(1)</script>{{ 7|add:7 }}"
    text = OWN.replace("Watch the rate of orders", f"'{evil}'")
    assert (
        post(client, "/playbooks/new/", text=text, version="0", save="1", reason=evil).status_code
        == 302
    )
    uid = Playbook.objects.get(title_en="Night of the sale").uid
    for path in ("", "edit/", "history/", "edit/?as=text"):
        answer = client.get(f"/playbooks/{uid}/{path}")
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert "{{ 7" in page


def test_a_document_of_others_is_looked_at_and_kept_whole(
    client: Client, shared_data: Any, tmp_path: Any
) -> None:
    import tarfile  # noqa: PLC0415  only this test reads the archive

    with tarfile.open(shared_data / "cacao_schemas_examples.tar.gz") as archive:
        member = next(m for m in archive if m.name.endswith("oasis-spec-3.1-example.json"))
        file = archive.extractfile(member)
        assert file is not None
        data = file.read()
    upload = SimpleUploadedFile("x.json", data, "application/json")
    looked = post(client, "/playbooks/import/", file=upload, reason="看看")
    assert looked.status_code == 200
    assert "Find Malware FuzzyPanda" in looked.content.decode()
    assert Playbook.objects.count() == 9
    kept = post(
        client, "/playbooks/import/", text=data.decode(), reason="看看", version="0", keep="1"
    )
    assert kept.status_code == 302
    uid = json.loads(data)["id"]
    out = client.get(f"/playbooks/{uid}/as/json/")
    assert out["Content-Disposition"].startswith("attachment")
    theirs, ours = json.loads(data), json.loads(out.content)
    assert {**ours, "modified": theirs["modified"]} == theirs
    refused = post(client, f"/playbooks/{uid}/do/", do="enable", reason="用")
    assert refused.status_code == 302
    assert not Playbook.objects.get(uid=uid).enabled


def test_queries_do_not_grow_with_steps(client: Client, django_assert_max_num_queries: Any) -> None:
    for path in ("/playbooks/", f"/playbooks/{UID}/", f"/playbooks/{UID}/edit/"):
        client.get(path)
        with django_assert_max_num_queries(16):
            assert client.get(path).status_code == 200
