"""Assets, vulnerabilities and a programme's resources as people use them, in a browser's words."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.console.parts.assets import sarif

from shangdun.actions.assets.inventory import do_add_asset
from shangdun.actions.assets.rows import NewAsset
from shangdun.actions.assets.seen import Seen, do_note_sightings
from shangdun.actions.resources.money import NewLine, do_add_budget_line
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.assess.inventory.layers import AssetKind, MarkKind
from shangdun.assess.inventory.marks import Mark
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import (
    Asset,
    Assignment,
    MoneyEntry,
    PlanTask,
    Programme,
    Resource,
    Sighting,
    Vulnerability,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_sheet_is_explained_before_it_is_taken_in(people, client_of):
    client = client_of(people["technical_support"])
    text = "资产名称,类别,保密性\n网关,软件,4\n=cmd|x,软件,9\n<script>,硬件,\n"
    answer = client.post("/assets/import/", {"file": upload("a.csv", text.encode("gb18030"))})
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "1 row cannot be taken in" in page
    assert "no such number" in page
    assert "Write 1 to 5" in page
    assert "&lt;script&gt;" in page
    assert not Asset.objects.exists()
    refused = client.post(answer.url, {"take": "1"}, follow=True).content.decode()
    assert "Some rows are wrong" in refused
    client.post(answer.url, {"take": "1", "partly": "on"})
    assert set(Asset.objects.values_list("name", flat=True)) == {"网关", "<script>"}
    exported = client.get("/assets/as/xlsx/").content
    rows = list(openpyxl.load_workbook(io.BytesIO(exported)).active.values)
    again = client.post("/assets/import/", {"file": upload("b.xlsx", exported)})
    assert len(rows) == 3
    assert "There is nothing to take in" in client.get(again.url).content.decode()


def test_columns_that_nobody_knows_are_named_by_hand(people, client_of):
    client = client_of(people["technical_support"])
    kept = client.post("/assets/import/", {"file": upload("a.csv", b"Ding,Art\nGate,software\n")})
    page = client.get(kept.url)
    assert page.status_code == 422
    assert "Which column is what?" in page.content.decode()
    chosen = client.get(f"{kept.url}?column_name=Ding&column_kind=Art")
    assert "Gate" in chosen.content.decode()
    client.post(f"{kept.url}?column_name=Ding&column_kind=Art", {"take": "1"})
    assert Asset.objects.get().name == "Gate"


def test_a_report_shows_what_it_does_and_does_nothing_twice(people, client_of):
    client = client_of(people["technical_support"])

    def take(places: range, name: str) -> str:
        content = json.dumps(sarif(places)).encode()
        kept = client.post("/vulnerabilities/import/", {"file": upload(name, content)})
        page = client.get(kept.url).content.decode()
        client.post(kept.url, {"take": "1"})
        return page

    assert "Nothing has changed yet" in take(range(4), "one.sarif")
    assert Vulnerability.objects.filter(state="open").count() == 4
    assert "This very report was taken in already" in take(range(4), "one.sarif")
    assert "Would be closed" in take(range(1, 4), "two.sarif")
    assert Vulnerability.objects.filter(state="fixed").count() == 1
    assert "Would be reopened" in take(range(3), "three.sarif")
    page = client.get("/vulnerabilities/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    listed = client.get("/vulnerabilities/as/csv/").content.decode("utf-8-sig")
    assert len(listed.splitlines()) == 1 + 3


def test_a_report_on_one_image_closes_nothing_in_another(people, client_of):
    client = client_of(people["technical_support"])
    numbers = [
        do_add_asset(SETUP, NewAsset(name=name, kind=AssetKind.SOFTWARE)).number
        for name in ("shop image", "pay image")
    ]
    heading = "VulnerabilityID,PkgName,Severity,Status,Layer\n"
    rows = ("CVE-2025-0001,zlib,HIGH,,a\n", "CVE-2025-0002,zlib,HIGH,,a\n")

    def take(number: int, *rows: str) -> str:
        file = upload("trivy.csv", (heading + "".join(rows)).encode())
        given = {"file": file, "tool": "Trivy", "asset": str(number)}
        kept = client.post("/vulnerabilities/import/", given)
        page = client.get(kept.url).content.decode()
        client.post(kept.url, {"take": "1"})
        return page

    assert "Nothing is taken in of these columns" in take(numbers[0], *rows)
    take(numbers[1], rows[0])
    placed = Vulnerability.objects.filter(state="open").values_list("asset__number", "cve")
    assert sorted(placed) == [
        (numbers[0], "CVE-2025-0001"), (numbers[0], "CVE-2025-0002"), (numbers[1], "CVE-2025-0001"),
    ]  # fmt: skip
    settled = "CVE-2025-0003,zlib,HIGH,resolved,a\n"
    assert "Fixed already, as the report says" in take(numbers[1], rows[0], settled)
    assert Vulnerability.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.sarif", b'{"version": "2.1.0", "runs": [', "cannot be read"),
        ("a.sarif", b'{"version": "1.0"}', "no SARIF"),
        ("a.csv", b"title,severity\nx,high\n", "which tool"),
        ("a.xlsx", b"PK\x03\x04 broken", "neither CSV"),
        ("a.json", b'\xef\xbb\xbf[{"template-id": "x"}]', "a format of the tool"),
        ("a.nessus", b"<?xml version='1.0'?><NessusClientData_v2/>", "a format of the tool"),
        ("a.sarif", b'{"version": "2.1.0", "runs": []}', "no scan at all"),
    ],
)
def test_a_mistake_keeps_what_was_typed(people, client_of, name, content, says):
    client = client_of(people["technical_support"])
    given = {"file": upload(name, content), "scope": "spring round"}
    if name == "a.xlsx":
        given["tool"] = "Nessus"
    answer = client.post("/vulnerabilities/import/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says.lower() in page.lower()
    assert "spring round" in page


def test_what_was_seen_is_registered_by_one_click_or_ignored_for_a_reason(people, client_of):
    client = client_of(people["technical_support"])
    names = ("old.shop.example", "a.shop.example", "scanner.example")
    seen = [Seen(Mark(MarkKind.HOST, name), "nginx", 20, NOW, NOW) for name in names]
    do_note_sightings(JOBS, seen, until=NOW)
    ids = dict(Sighting.objects.values_list("value", "pk"))
    client.post("/assets/seen/answer/", {"one": ids["old.shop.example"]})
    assert Asset.objects.get().name == "old.shop.example"
    chosen = {"seen": [ids["a.shop.example"]], "asset": Asset.objects.get().number}
    client.post("/assets/seen/answer/", {**chosen, "register": "1"})
    assert Asset.objects.get().marks.count() == 2
    ignore = {"seen": [ids["scanner.example"]], "ignore": "1"}
    refused = client.post("/assets/seen/answer/", {**ignore, "reason": ""})
    assert refused.status_code == 422
    client.post("/assets/seen/answer/", {**ignore, "reason": "our own"})
    assert not Sighting.objects.filter(state="new").exists()


def test_two_people_change_one_asset(people, client_of):
    client = client_of(people["technical_support"])
    client.post("/assets/add/", {"name": "Gate", "kind": "software", "confidentiality": "3"})
    form = {"name": "Gate", "kind": "software", "confidentiality": "5", "version": "1"}
    asset = Asset.objects.get()
    assert client.post(f"/assets/{asset.number}/change/", form).status_code == 302
    other = client_of(people["leadership"])
    late = other.post(f"/assets/{asset.number}/change/", form | {"confidentiality": "1"})
    assert late.status_code == 409
    wrong = other.post(f"/assets/{asset.number}/change/", form | {"hosts": "???", "place": "Room"})
    assert wrong.status_code == 422
    assert "Room" in wrong.content.decode()


@pytest.fixture
def programme(people) -> Programme:
    made = Programme.objects.create(
        number=1, title="Plan", language="en", starts_on=date(2026, 3, 2), created_at=NOW,
        calendar="week",
    )  # fmt: skip
    for place in (1, 2):
        PlanTask.objects.create(
            programme=made, position=place, code=f"1.{place}", title=f"Task {place}", days=5,
            importance=place, owner=people["leadership"],
        )  # fmt: skip
    reschedule(made, NOW)
    return made


def test_too_much_to_do_is_shown_and_mended(people, client_of, programme):
    client = client_of(people["leadership"])
    room = "/programmes/1/resources/"
    client.post(f"{room}owners/", {"share": "100"})
    assert Assignment.objects.count() == 2
    page = client.get(f"{room}rebalance/").content.decode()
    assert "Do it as shown" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    stale = client.post(f"{room}rebalance/", {"seen": "0" * 64}, follow=True).content.decode()
    assert "The plan changed since this was shown" in stale
    client.post(f"{room}rebalance/", {"seen": seen})
    assert PlanTask.objects.get(code="1.1").starts_on == date(2026, 3, 9)
    assert "no date changes" in client.get(f"{room}rebalance/").content.decode()
    person = Resource.objects.get()
    task = PlanTask.objects.get(code="1.1")
    client.post(f"{room}assign/", {"task": task.pk, "resource": person.number, "amount": "0"})
    assert Assignment.objects.count() == 1


def test_money_is_booked_once_and_kept_exactly(people, client_of, programme):
    wanted = NewLine(title="Firewall", planned=Decimal(20000))
    do_add_budget_line(SETUP, wanted, number=1)
    client = client_of(people["leadership"])
    room = "/programmes/1/resources/money/1/"
    form = {"kind": "committed", "amount": "1.2万", "day": "2026-03-02", "what": "order",
            "version": "1"}  # fmt: skip
    for _click in range(2):
        assert client.post(f"{room}book/", form).status_code == 302
    assert MoneyEntry.objects.get().amount == Decimal("12000.00")
    wrong = client.post(f"{room}book/", form | {"amount": "1.005", "what": "typed text"})
    assert wrong.status_code == 422
    assert "typed text" in wrong.content.decode()
    page = client.get("/programmes/1/resources/money/").content.decode()
    assert "8,000.00" in page
    assert client_of(people["technical_support"]).get(room).status_code == 403
