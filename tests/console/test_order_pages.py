"""Leadership decides on a page; facts, posts and calendars likewise."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from tests.console.parts import orders as order_part
from tests.console.parts import organisation as organisation_part

from shangdun.records.models import (
    CalendarKey,
    FactsChange,
    Incident,
    Order,
    PersonContact,
    Post,
    User,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(people: dict[str, User], console) -> dict[str, User]:
    now = datetime.now(UTC)
    organisation_part.seed(people, console, now)
    order_part.seed(people, console, now)
    return people


@pytest.fixture
def lead(filled, client_of) -> Client:
    return client_of(filled["leadership"])


def incident() -> Incident:
    return Incident.objects.get(title=order_part.ASKED)


def form_of(client: Client, path: str, name: str = "order_form") -> dict[str, Any]:
    """What a person sends who presses the button without touching anything."""
    form = client.get(path).context[name]
    sent = {}
    for field in form:
        value = field.value()
        if value not in (None, ""):
            sent[field.html_name] = value
    return sent


def address_in(text: str) -> str:
    """The calendar's address, as it is shown once."""
    return re.search(r"/calendar/[\w-]{43}\.ics", text)[0]


def test_one_button_starts_the_plan(lead: Client, console) -> None:
    row = incident()
    page = f"/incidents/{row.number}/order/"
    text = lead.get(page).content.decode()
    assert "1,000,000" in text
    assert "not known yet" in text
    sent = {**form_of(lead, page), "ruling": "start"}
    response = lead.post(f"{page}give/", sent, follow=True)
    row.refresh_from_db()
    assert row.state == "active"
    order = Order.objects.get(incident=row)
    assert order.instructions.count() == 4
    assert f"ledger entry #{order.ledger_seq}" in response.content.decode()
    assert (console / "ledger" / "checkpoints.jsonl").exists() or list(
        (console / "ledger").iterdir()
    )


def test_opening_the_page_is_noted_by_a_request_of_its_own(lead: Client) -> None:
    page = f"/incidents/{incident().number}/order/"
    assert "order/seen/" in lead.get(page).content.decode()
    assert incident().acknowledged_at is None
    assert lead.post(f"{page}seen/").status_code == 204
    assert incident().acknowledged_at is not None
    assert "order/seen/" not in lead.get(page).content.decode()


def test_not_starting_without_a_reason_keeps_what_was_typed(lead: Client) -> None:
    page = f"/incidents/{incident().number}/order/"
    sent = {**form_of(lead, page), "ruling": "not_start", "to_legal": "keep this text"}
    response = lead.post(f"{page}give/", sent)
    assert response.status_code == 422
    text = response.content.decode()
    assert "keep this text" in text
    assert "signed into the ledger with your name" in text
    assert not Order.objects.filter(incident=incident()).exists()


def test_the_second_leader_sees_both_and_can_go_on(filled, lead: Client, client_of) -> None:
    page = f"/incidents/{incident().number}/order/"
    other = client_of(filled["everybody"])
    mine, theirs = form_of(lead, page), form_of(other, page)
    other.post(f"{page}give/", {**theirs, "ruling": "start"})
    answer = lead.post(f"{page}give/", {**mine, "ruling": "not_start", "reason": "a false alarm"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "a false alarm" in text
    assert "Start the plan" in text
    assert Order.objects.filter(incident=incident()).count() == 1


def test_facts_keep_unknown_apart_from_none(filled, lead: Client) -> None:
    path = f"/incidents/{incident().number}/facts/"
    sent = form_of(lead, path, "form")
    sent |= {"people": "", "people_served": "0", "crime_suspected": "no", "loss": "5000000"}
    assert lead.post(path, sent).status_code == 302
    kept = FactsChange.objects.filter(incident=incident()).latest("number").facts
    assert kept["people"] is None
    assert kept["people_served"] == 0
    assert kept["crime_suspected"] is False
    assert kept["ransom"] is None
    assert incident().grade == 2  # by the loss


def test_facts_in_contradiction_are_refused_and_kept_in_the_form(lead: Client) -> None:
    path = f"/incidents/{incident().number}/facts/"
    sent = {**form_of(lead, path, "form"), "personal_data": "no", "people": "7", "note": "so said"}
    response = lead.post(path, sent)
    assert response.status_code == 422
    assert "so said" in response.content.decode()


def test_two_people_state_facts_at_once_and_both_are_shown(filled, lead, client_of) -> None:
    path = f"/incidents/{incident().number}/facts/"
    other = client_of(filled["technical_support"])
    mine, theirs = form_of(lead, path, "form"), form_of(other, path, "form")
    other.post(path, {**theirs, "people": "2000000"})
    answer = lead.post(path, {**mine, "people": "12000000"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "2,000,000" in text
    assert "12,000,000" in text
    again = {**mine, "people": "12000000", "version": "2"}
    assert lead.post(path, again).status_code == 302
    assert incident().grade == 3


def test_hostile_notes_are_text(filled, lead: Client) -> None:
    text = lead.get(f"/incidents/{incident().number}/facts/").content.decode()
    assert "<script>alert" not in text
    assert "{{7*7}}" in text
    assert "49" not in FactsChange.objects.latest("pk").note


def test_a_grade_by_hand_shows_its_author_and_reason(lead: Client) -> None:
    page = f"/incidents/{incident().number}/"
    sent = {"grade": "4", "reason": "ministers call", "version": "1"}
    assert lead.post(f"{page}grade/", sent).status_code == 302
    text = lead.get(f"{page}order/").content.decode()
    assert "ministers call" in text
    assert incident().grade == 4
    late = lead.post(f"{page}grade/", {"grade": "1", "reason": "no", "version": "1"})
    assert late.status_code == 409


def test_a_fresh_installation_shows_the_plan_to_be_filled(people, client_of) -> None:
    text = client_of(people["administrator"]).get("/organisation/").content.decode()
    assert text.count("vacant") == Post.objects.count() == 15
    assert "Head (Chief Information Officer)" in text


def test_a_calendar_address_is_private_and_can_be_revoked(filled, client_of) -> None:
    client = client_of(filled["technical_support"])
    base = "/organisation/rota/technical_support/"
    text = client.post(f"{base}calendar/add/", {"of": "group"}).content.decode()
    address = address_in(text)
    key = CalendarKey.objects.latest("pk")
    assert key.token_hash not in text
    answer = Client().get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) > 20
    assert any("Nobody on call" in str(event["summary"]) for event in events)
    assert b"138" not in answer.content  # no numbers
    client.post(f"{base}calendar/{key.pk}/revoke/")
    assert Client().get(address).status_code == 404


def test_a_calendar_dies_with_the_account(filled, client_of) -> None:
    who = filled["technical_support"]
    client = client_of(who)
    base = "/organisation/rota/technical_support/"
    text = client.post(f"{base}calendar/add/", {"of": "me"}).content.decode()
    address = address_in(text)
    assert Client().get(address).status_code == 200
    who.is_active = False
    who.save()
    assert Client().get(address).status_code == 404


def test_contacts_are_sealed_at_rest(filled, lead: Client) -> None:
    person = filled["leadership"]
    assert "138 0013 8000" in lead.get(f"/organisation/people/{person.pk}/").content.decode()
    assert all(b"138" not in bytes(row.sealed) for row in PersonContact.objects.all())


def test_contacts_of_others_are_not_for_everybody_to_change(filled, client_of) -> None:
    client = client_of(filled["legal"])
    other = f"/organisation/people/{filled['leadership'].pk}/contacts/"
    sent = {f"kind_{n}": "mobile" for n in range(5)} | {f"value_{n}": "" for n in range(5)}
    assert client.post(other, sent).status_code == 403
    mine = f"/organisation/people/{filled['legal'].pk}/contacts/"
    assert client.post(mine, {**sent, "value_0": "+86 139"}).status_code == 302


def test_a_rota_with_a_stranger_is_refused_and_kept(filled, lead: Client) -> None:
    path = "/organisation/rota/technical_support/"
    sent = form_of(lead, path, "rota_form")
    sent["people"] = filled["employee"].username
    response = lead.post(f"{path}set/", {k: str(v) for k, v in sent.items()})
    assert response.status_code == 422
    assert filled["employee"].username in response.content.decode()
