"""The inventory: values that follow their businesses, sheets, what the logs show."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from tests.actions.conftest import NOON

from shangdun.actions.assets.inventory import do_add_asset, do_archive_asset, do_change_asset
from shangdun.actions.assets.rows import NewAsset
from shangdun.actions.assets.seen import (
    Seen,
    do_ignore_sightings,
    do_note_sightings,
    do_recall_sighting,
    do_register_sightings,
)
from shangdun.actions.assets.sheet import as_wanted, do_import_assets
from shangdun.actions.assets.suggested import do_suggest_assets
from shangdun.actions.assets.uploads import content_of, do_drop_uploads, do_keep_upload, get_upload
from shangdun.assess.inventory.layers import AssetKind, MarkKind
from shangdun.assess.inventory.marks import Mark, mark_of
from shangdun.assess.inventory.sheet import read_assets
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.asset_sheet import RowEffect, plan_rows
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Asset, AssetUpload, LedgerEntry, Sighting
from shangdun.records.roles import Role

pytestmark = pytest.mark.django_db
SELLING = NewAsset(name="Selling", kind=AssetKind.BUSINESS, importance=5)


def shop(business: Asset, bearing: int = 5, **more: object) -> NewAsset:
    values = {"confidentiality": 1, "integrity": 1, "availability": 2} | more
    return NewAsset(
        name="Shop", kind=AssetKind.INFORMATION_SYSTEM, bears={business.pk: bearing}, **values
    )


def host(text: str) -> Mark:
    return mark_of(MarkKind.HOST, text)


def test_a_system_follows_its_business():
    business = do_add_asset(SETUP, SELLING)
    system = do_add_asset(SETUP, shop(business))
    assert (business.value, system.value) == (5, 5)
    do_change_asset(SETUP, msgspec.structs.replace(SELLING, importance=2), number=business.number)
    system.refresh_from_db()
    assert system.value == 2
    do_archive_asset(SETUP, number=business.number)
    system.refresh_from_db()
    assert system.value == 1


def test_the_second_click_changes_nothing():
    first = do_add_asset(SETUP, SELLING)
    assert do_add_asset(SETUP, SELLING) == first
    assert LedgerEntry.objects.filter(action="add_asset").count() == 1
    with pytest.raises(UsageError) as caught:
        do_add_asset(SETUP, msgspec.structs.replace(SELLING, importance=1))
    assert caught.value.code == "asset.taken"


def test_two_people_at_once_see_both_versions():
    asset = do_add_asset(SETUP, SELLING)
    wanted = msgspec.structs.replace(SELLING, importance=4)
    do_change_asset(SETUP, wanted, number=asset.number, version=1)
    other = msgspec.structs.replace(SELLING, importance=1)
    with pytest.raises(EditConflict) as caught:
        do_change_asset(SETUP, other, number=asset.number, version=1)
    assert (caught.value.mine["importance"], caught.value.theirs["importance"]) == (1, 4)
    do_change_asset(SETUP, wanted, number=asset.number, version=1)  # the same click again


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "asset.name"),
        ({"name": "x" * 201}, "asset.long"),
        ({"importance": 6}, "asset.rating"),
        ({"owner_id": 999}, "asset.owner"),
        ({"marks": (Mark(MarkKind.HOST, "h"),) * 201}, "asset.marks"),
    ],
)
def test_what_is_wrong_is_said(change, code):
    with pytest.raises(UsageError) as caught:
        do_add_asset(SETUP, msgspec.structs.replace(SELLING, **change))
    assert caught.value.code == code
    assert not Asset.objects.exists()


def test_nothing_bears_what_is_not_above_it():
    business = do_add_asset(SETUP, SELLING)
    system = do_add_asset(SETUP, shop(business))
    wrong = NewAsset(name="Other", kind=AssetKind.DATA, bears={system.pk: 3})
    with pytest.raises(UsageError) as caught:
        do_add_asset(SETUP, wrong)
    assert caught.value.code == "asset.bears"
    moved = msgspec.structs.replace(as_wanted(system), kind=AssetKind.UNIT, bears={})
    with pytest.raises(UsageError) as caught:
        do_change_asset(SETUP, moved, number=system.number)
    assert caught.value.code == "asset.layer"


def test_a_mark_is_one_assets_until_that_is_taken_out():
    first = do_add_asset(SETUP, NewAsset(name="a", kind=AssetKind.UNIT, marks=(host("db-1"),)))
    second = NewAsset(name="b", kind=AssetKind.UNIT, marks=(host("db-1"),))
    with pytest.raises(UsageError) as caught:
        do_add_asset(SETUP, second)
    assert caught.value.code == "asset.mark_taken"
    do_archive_asset(SETUP, number=first.number)
    assert do_add_asset(SETUP, second).marks.get().value == "db-1"


SHEET = [
    ["name", "kind", "importance", "c", "i", "a", "bears", "hosts", "owner"],
    ["Shop", "information system", "", 3, 4, 5, "Selling", "shop.example", "chen"],
    ["Selling", "business", 4, "", "", "", "", "", ""],
    ["Cache", "software", "", "", "", "", "Shop; Lost", "", ""],
    ["Queue", "software", "", 2, 2, 2, "", "", "nobody at all"],
]


def test_a_sheet_is_explained_and_taken_in_part_on_request_only(responder):
    lines = read_assets(SHEET)
    effects = [one.effect for one in plan_rows(lines)]
    assert effects == [RowEffect.NEW, RowEffect.NEW, RowEffect.WRONG, RowEffect.WRONG]
    with pytest.raises(UsageError) as caught:
        do_import_assets(responder, lines, origin="a.xlsx")
    assert caught.value.code == "assets.wrong"
    assert not Asset.objects.exists()
    assert do_import_assets(responder, lines, origin="a.xlsx", partly=True) == (2, 0, 2)
    shop = Asset.objects.get(name="Shop")
    assert (shop.owner, shop.value) == (responder, 4)
    assert shop.bears.get().upper.name == "Selling"
    assert do_import_assets(responder, lines, origin="a.xlsx", partly=True) == (0, 0, 2)
    assert LedgerEntry.objects.filter(action="import_assets").count() == 1


def test_a_column_that_a_sheet_lacks_changes_nothing(responder):
    do_import_assets(responder, read_assets(SHEET[:3]), origin="a.csv")
    lines = read_assets([["name", "kind", "a"], ["Shop", "information system", 1]])
    assert do_import_assets(responder, lines, origin="b.csv") == (0, 1, 0)
    shop = Asset.objects.get(name="Shop")
    assert (shop.availability, shop.integrity, shop.owner) == (1, 4, responder)
    assert shop.marks.get().value == "shop.example"


def test_what_bears_a_row_that_is_wrong_is_wrong_with_it():
    rows = [
        ["name", "kind", "importance", "bears", "owner"],
        ["Selling", "business", 3, "", "nobody"],
        ["Shop", "data", "", "Selling", ""],
    ]
    planned = plan_rows(read_assets(rows))
    assert [one.effect for one in planned] == [RowEffect.WRONG, RowEffect.WRONG]


def seen(*values: str, kind: MarkKind = MarkKind.HOST, hours: float = 0) -> list[Seen]:
    at = NOON + timedelta(hours=hours)
    return [Seen(mark_of(kind, value), "nginx", 7, at, at) for value in values]


def test_what_the_logs_show_is_registered_or_ignored(responder, clock):
    known = NewAsset(name="Net", kind=AssetKind.NETWORK, marks=(host("10.0.0.0/24"),))
    do_add_asset(SETUP, known)
    looked = seen("10.0.0.9", "old.shop.example", "scanner.example")
    assert do_note_sightings(JOBS, looked, until=NOON, clock=clock) == 2
    assert Sighting.objects.get(value="10.0.0.9").asset.name == "Net"
    assert do_note_sightings(JOBS, looked, until=NOON, clock=clock) == 0  # this span is done
    later = NOON + timedelta(hours=1)
    again = seen("old.shop.example", hours=1)
    assert do_note_sightings(JOBS, again, until=later, clock=clock) == 0
    old, scanner = (Sighting.objects.get(value=f"{n}.example") for n in ("old.shop", "scanner"))
    assert (old.first_seen, old.last_seen) == (NOON, later)
    wanted = NewAsset(name="Old shop", kind=AssetKind.SOFTWARE)
    made = do_register_sightings(responder, wanted, sighting_ids=[old.pk])
    assert made.marks.get().value == "old.shop.example"
    assert do_register_sightings(responder, wanted, sighting_ids=[old.pk]) == made
    with pytest.raises(UsageError):
        do_ignore_sightings(responder, sighting_ids=[scanner.pk], reason="  ")
    assert do_ignore_sightings(responder, sighting_ids=[scanner.pk], reason="ours") == 1
    assert do_ignore_sightings(responder, sighting_ids=[scanner.pk], reason="ours") == 0
    do_note_sightings(JOBS, seen("scanner.example"), until=later + timedelta(hours=1), clock=clock)
    scanner.refresh_from_db()
    assert scanner.state == "ignored"
    do_recall_sighting(responder, sighting_id=scanner.pk)
    do_archive_asset(responder, number=made.number)
    assert set(Sighting.objects.filter(state="new").values_list("value", flat=True)) == {
        "old.shop.example",
        "scanner.example",
    }


def test_a_flood_of_names_is_bounded(clock, monkeypatch):
    monkeypatch.setattr("shangdun.actions.assets.seen.MOST", 5)
    names = [f"h{n}.example" for n in range(50)]
    assert do_note_sightings(JOBS, seen(*names), until=NOON, clock=clock) == 5
    more = seen("another.example")
    assert do_note_sightings(JOBS, more, until=NOON + timedelta(1), clock=clock) == 0


def test_suggestions_once(home):
    made = do_suggest_assets(SETUP, platform={"web", "payments"}, language="zh")
    assert made == Asset.objects.count() > 10
    assert Asset.objects.get(starter="pay").value == 5
    do_archive_asset(SETUP, number=Asset.objects.get(starter="web").number)
    assert do_suggest_assets(SETUP, platform={"web", "payments"}, language="zh") == 0


def test_a_file_is_its_owners_and_goes_after_a_day(somebody, responder, clock):
    boss = somebody(Role.LEADERSHIP)
    kept = do_keep_upload(
        responder, b"name,kind", purpose="assets", name="a.csv", options={}, clock=clock
    )
    assert content_of(get_upload(responder, kept.pk, "assets")) == b"name,kind"
    for who, purpose in ((boss, "assets"), (responder, "vulnerabilities")):
        with pytest.raises(NotFound):
            get_upload(who, kept.pk, purpose)
    assert do_drop_uploads(JOBS, clock=clock) == 0
    assert do_drop_uploads(JOBS, clock=FixedClock(NOON + timedelta(days=2))) == 1
    assert not AssetUpload.objects.exists()
