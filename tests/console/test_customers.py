"""From a list to letters, as customer service, legal and leadership do it in the browser."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shangdun.kernel.config import Config
from shangdun.records.models import (
    AffectedList,
    AffectedSubject,
    Complaint,
    Drill,
    Incident,
    LedgerEntry,
    Letter,
    Notice,
    TimelineEntry,
    User,
)
from shangdun.records.sealing import unseal
from shangdun.runtime.response.affected import AffectedReader

from .parts import customers
from .who import LEADERSHIP, LEGAL, SERVICE, TECHNICAL

NAMES = ("张三", "zhang.san@mail.example", "13800000001", "Alex")
ROWS = (
    "会员号,姓名,手机号,邮箱,语言\n"
    "u1,张三,138 0000 0001,Zhang.San@mail.example,中文\n"
    "u2,,+86 13800000002,不是邮箱,\n"
    "u1,张三,,zhang.san@mail.example,\n"
    ",,,,\n"
    ",Alex,,alex@mail.example,English\n"
    ",没有联系方式,,,\n"
)


@pytest.fixture(autouse=True)
def _home(console: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANGDUN_HOME", str(console))


@pytest.fixture
def breach(people: dict[str, User]) -> Incident:
    customers.seed(people, Path(), datetime.now(UTC))
    return customers.incident()


@pytest.fixture
def reader(console: Path) -> AffectedReader:
    return AffectedReader(console, Config(), threading.Event())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def uploaded(client: Client, number: int, content: bytes, name: str = "list.csv") -> AffectedList:
    file = SimpleUploadedFile(name, content)
    form = {"file": file, "title": "Customers", "certainty": "confirmed", "data_kinds": "contact"}
    answer = client.post(f"/incidents/{number}/scope/file/", form)
    assert answer.status_code == 302, answer.content.decode()
    row = AffectedList.objects.latest("pk")
    assert answer.headers["Location"].endswith(f"/scope/lists/{row.number}/")
    return row


def test_every_page_of_the_part_opens(breach: Incident, people: dict[str, User]) -> None:
    client = signed_in(people["everybody"])
    for title, path in customers.paths().items():
        answer = client.get(path)
        assert answer.status_code == 200, (title, answer.status_code)
    live = client.get(f"/incidents/{breach.number}/scope/live/")
    tag = {"HTTP_IF_NONE_MATCH": live.headers["ETag"]}
    assert client.get(f"/incidents/{breach.number}/scope/live/", **tag).status_code == 304
    progress = f"/incidents/{breach.number}/notices/1/progress/"
    tag = {"HTTP_IF_NONE_MATCH": client.get(progress).headers["ETag"]}
    assert client.get(progress, **tag).status_code == 304


def test_a_file_is_sealed_checked_read_and_counted(
    breach: Incident, people: dict[str, User], reader: AffectedReader, console: Path
) -> None:
    client, number = signed_in(people[SERVICE]), breach.number
    AffectedSubject.objects.all().delete()
    row = uploaded(client, number, ROWS.encode("gb18030"))
    (waiting,) = (console / "affected").glob(row.token)
    assert "zhang" not in waiting.read_bytes().decode("latin-1").lower()
    shown = client.get(f"/incidents/{number}/scope/lists/{row.number}/").content.decode()
    assert "Zhang.San" not in shown
    columns = {
        f"column{n}": f for n, f in enumerate(["account", "name", "phone", "email", "language"])
    }
    path = f"/incidents/{number}/scope/lists/{row.number}/"
    assert client.post(path, {"heading": "on", **columns}).status_code == 302
    assert reader.read_one()
    row.refresh_from_db()
    assert (row.state, row.rows, row.fresh, row.repeated, row.refused) == ("done", 5, 3, 1, 1)
    assert [(one["row"], one["code"]) for one in row.problems] == [(3, "email"), (7, "nobody")]
    assert not waiting.exists()
    page = client.get(f"/incidents/{number}/scope/").content.decode()
    assert f"/incidents/{number}/facts/?people=3" in page
    facts = signed_in(people[TECHNICAL]).get(
        f"/incidents/{number}/facts/?people=3&personal_data=yes"
    )
    assert 'value="3"' in facts.content.decode()


def test_nothing_names_a_customer_in_the_database(
    breach: Incident, people: dict[str, User], reader: AffectedReader
) -> None:
    client, number = signed_in(people[SERVICE]), breach.number
    row = uploaded(client, number, ROWS.encode())
    columns = {"column0": "account", "column1": "name", "column2": "phone", "column3": "email"}
    client.post(f"/incidents/{number}/scope/lists/{row.number}/", {"heading": "on", **columns})
    reader.read_one()
    call = {"customer": NAMES[1], "kind": "question", "channel": "phone", "text": "我是张三"}
    client.post(f"/incidents/{number}/complaints/log/", call)
    assert Complaint.objects.latest("pk").affected
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
            for name in NAMES[:3]:
                assert name not in text, table


def test_reading_is_on_record_and_a_part_of_a_name_finds_nobody(
    breach: Incident, people: dict[str, User]
) -> None:
    client, path = signed_in(people[LEGAL]), f"/incidents/{breach.number}/affected/"
    before = LedgerEntry.objects.count()
    assert "customer1@mail.example" in client.get(path).content.decode()
    found = client.get(path, {"q": "+86 13800000007"}).content.decode()
    assert "customer7@mail.example" in found
    assert "customer8@mail.example" not in found
    assert "customer7" not in client.get(path, {"q": "customer"}).content.decode()
    entries = LedgerEntry.objects.filter(seq__gt=before)
    assert [entry.action for entry in entries] == ["read_affected"] * 3
    assert not any("7@mail" in str(entry.payload) for entry in entries)


def test_an_export_cannot_run_as_a_formula(breach: Incident, people: dict[str, User]) -> None:
    client, number = signed_in(people[SERVICE]), breach.number
    form = {"kind": "account", "who": "=HYPERLINK(1)\n@SUM(1)", "title": "x", "certainty": "likely"}
    assert client.post(f"/incidents/{number}/scope/hand/", form).status_code == 302
    refused = client.post(f"/incidents/{number}/affected/export/", {"reason": " "})
    assert refused.status_code == 302
    answer = client.post(f"/incidents/{number}/affected/export/", {"reason": "the regulator"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "'=HYPERLINK(1)" in text
    assert "'@SUM(1)" in text
    assert "'+86138" in text
    assert TimelineEntry.objects.filter(kind="affected", data__what="export").count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 not a zip at all", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old .xls"),
        (b'email\n"a@b.cn' + b"x" * 300_000, "quotation mark"),
    ],
)
def test_a_bad_file_is_explained_and_leaves_nothing(
    breach: Incident, people: dict[str, User], console: Path, content: bytes, said: str
) -> None:
    client, before = signed_in(people[SERVICE]), AffectedList.objects.count()
    left = set((console / "affected").iterdir())
    form = {"file": SimpleUploadedFile("x.csv", content), "title": "Kept", "certainty": "likely"}
    answer = client.post(f"/incidents/{breach.number}/scope/file/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert AffectedList.objects.count() == before
    assert set((console / "affected").iterdir()) == left


def test_a_file_without_the_token_of_the_form_is_not_taken_in(
    breach: Incident, people: dict[str, User], console: Path
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people[SERVICE])
    left = set((console / "affected").iterdir())
    form = {"file": SimpleUploadedFile("x.csv", b"email\na@b.cn\n"), "title": "x"}
    assert client.post(f"/incidents/{breach.number}/scope/file/", form).status_code == 403
    assert set((console / "affected").iterdir()) == left


def test_a_workbook_is_read_as_well(
    breach: Incident, people: dict[str, User], reader: AffectedReader
) -> None:
    book = openpyxl.Workbook()
    for cells in (["email", "phone"], ["n1@mail.example", 13811112222], ["n2@mail.example", None]):
        book.active.append(cells)
    content = io.BytesIO()
    book.save(content)
    client = signed_in(people[SERVICE])
    row = uploaded(client, breach.number, content.getvalue(), "list.xlsx")
    path = f"/incidents/{breach.number}/scope/lists/{row.number}/"
    client.post(path, {"heading": "on", "column0": "email", "column1": "phone"})
    assert reader.read_one()
    row.refresh_from_db()
    assert (row.state, row.rows, row.fresh) == ("done", 2, 2)


def test_a_notice_needs_its_gaps_filled_and_other_eyes(
    breach: Incident, people: dict[str, User]
) -> None:
    number, at = breach.number, f"/incidents/{breach.number}/notices/2/"
    service, legal, boss = (signed_in(people[one]) for one in (SERVICE, LEGAL, LEADERSHIP))
    legal.post(f"{at}do/legal/", {"version": 1})
    assert Notice.objects.get(number=2).state == "draft"
    form = {
        "title": "Follow-up", "channel": "email", "version": 1, "again": "on",
        "subject_zh": "补充通知", "body_zh": "尊敬的{name}：\n密码请修改。",
    }  # fmt: skip
    assert service.post(f"{at}edit/", form).status_code == 302
    wrong = service.post(f"{at}edit/", {**form, "version": 2, "body_zh": "{name.__class__} {x}"})
    assert wrong.status_code == 422
    assert service.post(f"{at}edit/", {**form, "body_zh": "late"}).status_code == 409
    both = signed_in(people["everybody"])
    both.post(f"{at}do/legal/", {"version": 2})
    both.post(f"{at}do/approve/", {"version": 3})
    assert Notice.objects.get(number=2).state == "legal"
    boss.post(f"{at}do/approve/", {"version": 3})
    notice = Notice.objects.get(number=2)
    assert (notice.state, notice.approved_sha256) == ("approved", notice.sha256)
    service.post(f"{at}edit/", {**form, "version": 4, "body_zh": "尊敬的{name}：\n另一段话。"})
    notice.refresh_from_db()
    assert (notice.state, notice.legal_by, notice.approved_sha256) == ("draft", None, "")
    assert number


def test_a_drill_rehearses_and_its_letters_cannot_exist(
    breach: Incident, people: dict[str, User]
) -> None:
    Letter.objects.all().delete()
    Incident.objects.filter(pk=breach.pk).update(drill=_drill())
    Notice.objects.filter(number=1).update(state="approved")
    notice = Notice.objects.get(number=1)
    Notice.objects.filter(pk=notice.pk).update(approved_sha256=notice.sha256)
    client = signed_in(people[SERVICE])
    client.post(f"/incidents/{breach.number}/notices/1/do/start/")
    notice.refresh_from_db()
    assert (notice.state, notice.due) == ("rehearsed", 80)
    assert not Letter.objects.exists()
    now = datetime.now(UTC)
    with pytest.raises(IntegrityError, match="a drill touches nothing real"), transaction.atomic():
        Letter.objects.create(notice=notice, mark="m", key="k", language="zh", due_at=now)


def test_erasing_keeps_how_many_there_were(breach: Incident, people: dict[str, User]) -> None:
    client, path = signed_in(people[LEGAL]), f"/incidents/{breach.number}/affected/erase/"
    client.post(path)
    assert AffectedSubject.objects.count() == 82
    Incident.objects.filter(pk=breach.pk).update(state="closed")
    client.post(path, {"reason": "the time is over"})
    assert not AffectedSubject.objects.exists()
    page = client.get(f"/incidents/{breach.number}/scope/").content.decode()
    assert ">80<" in page
    assert not AffectedList.objects.exclude(query="").exists()


def test_the_gateway_password_is_sealed_and_never_shown(
    breach: Incident, people: dict[str, User]
) -> None:
    client = signed_in(people["administrator"])
    form = {
        "smtp_host": "mail.shop.example", "smtp_port": 587, "smtp_security": "starttls",
        "smtp_password": "hunter2-secret", "sender": "service@shop.example", "per_minute": 900,
        "batch_size": 100, "retention_days": 90, "allowed_networks": "10.0.0.0/8",
    }  # fmt: skip
    assert client.post("/settings/letters/", form).status_code == 302
    assert "hunter2-secret" not in client.get("/settings/letters/").content.decode()
    from shangdun.records.letter_settings import letter_settings  # noqa: PLC0415 - beside its use

    row = letter_settings()
    assert unseal(bytes(row.smtp_password), "letters smtp_password") == "hunter2-secret"
    assert b"hunter2" not in bytes(row.smtp_password)
    client.post("/settings/letters/", {**form, "smtp_password": "", "version": row.version})
    assert letter_settings().smtp_password
    assert breach


def _drill() -> Drill:
    now = datetime.now(UTC)
    return Drill.objects.create(number=1, title="Q3", created=now, planned_at=now)


def test_a_test_letter_goes_to_nobody_but_oneself_and_is_on_record(
    breach: Incident, people: dict[str, User]
) -> None:
    """Otherwise a draft could be written to any customer past both approvals."""
    writer = people[SERVICE]
    User.objects.filter(pk=writer.pk).update(email="own@shop.example")
    client = signed_in(writer)
    path = f"/incidents/{breach.number}/notices/1/test/"
    tried = LedgerEntry.objects.filter(action="try_notice")
    refused = client.post(path, {"to": "zhang.san@mail.example"}, follow=True).content.decode()
    assert "own" in refused
    assert not tried.exists()
    client.post(path, {"to": " Own@Shop.example "})
    (entry,) = tried
    assert entry.actor.startswith(f"user:{writer.pk}:")
    assert "own@shop.example" not in entry.payload
