"""Rules, ledger, people: what administrators and auditors do."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client

from shangdun.actions.checkpoint_ledger import do_checkpoint_ledger
from shangdun.actions.switch_rule import do_disable_rule
from shangdun.lake.health import read_health, write_health
from shangdun.records.actor import SETUP
from shangdun.records.models import LedgerEntry, RuleSetting, User

from .seed import SQLI, STUFFING


def test_rules_are_searched_and_filtered(shop, client_of):
    client = client_of(shop["auditor"])

    def titles(query: str) -> list[str]:
        return re.findall(
            r'class="open break" href="/rules/[^"]*">([^<]*)',
            client.get(f"/rules/?{query}").content.decode(),
        )

    assert set(titles("")) == {
        "SQL injection in a request",
        "Credential stuffing",
        "Failed Logon",
        "Backup asked for",
    }
    assert set(titles("q=t1190")) == {"SQL injection in a request", "Backup asked for"}
    assert titles("q=注入") == []  # the page speaks English, its titles too
    assert set(titles("level=critical")) == {"SQL injection in a request", "Credential stuffing"}
    assert titles("level=medium") == ["Backup asked for"]
    on_web = {"SQL injection in a request", "Backup asked for"}
    assert set(titles("logsource=webserver")) == on_web
    do_disable_rule(SETUP, rule_uid=SQLI, reason="noisy")
    assert titles("state=off") == ["SQL injection in a request"]


def test_a_rule_in_words_and_in_source(shop, client_of):
    page = client_of(shop["auditor"]).get(f"/rules/{SQLI}/").content.decode()
    assert "Somebody tries to rewrite a query" in page
    assert "Block the address at the edge" in page
    assert "cs-uri-query|contains" in page
    counting = client_of(shop["auditor"]).get(f"/rules/{STUFFING}/").content.decode()
    assert "Counts the matches of" in counting
    assert "Failed Logon" in counting


def test_switching_a_rule_off_needs_a_reason(shop, client_of):
    client = client_of(shop["administrator"])
    client.post(f"/rules/{SQLI}/switch/", {"reason": " "})
    assert not RuleSetting.objects.exists()
    page = client.get(f"/rules/{SQLI}/").content.decode()
    assert "Say why: whoever asks later what was watched" in page
    client.post(f"/rules/{SQLI}/switch/", {"reason": "our <scanner>"})
    page = client.get(f"/rules/{SQLI}/").content.decode()
    assert "our &lt;scanner&gt;" in page
    client.post(f"/rules/{SQLI}/switch/", {"enabled": "on"})
    assert RuleSetting.objects.get().enabled
    assert client.post("/rules/none/switch/", {"reason": "x"}).status_code == 404


def test_the_ledger_holds_and_shows_when_it_does_not(shop, client_of, console):
    client = client_of(shop["auditor"])
    do_checkpoint_ledger(SETUP, home=console)
    page = client.post("/ledger/check/", follow=True).content.decode()
    assert "The chain holds." in page
    assert "1 signed checkpoint" in page
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_no_update")  # as somebody who owns the file could
        cursor.execute("UPDATE records_ledgerentry SET actor = 'user:1:nobody' WHERE seq = 3")
    page = client.post("/ledger/check/", follow=True).content.decode()
    assert "The chain breaks at entry 3." in page


def test_the_ledger_is_read_page_by_page(shop, client_of):
    client = client_of(shop["auditor"])
    for number in range(60):
        do_disable_rule(SETUP, rule_uid=f"rule-{number}", reason="x")
    first = client.get("/ledger/").content.decode()
    before = re.search(r'href="\?before=(\d+)"', first).group(1)
    second = client.get(f"/ledger/?before={before}").content.decode()
    numbers = [
        int(n)
        for page in (first, second)
        for n in re.findall(r'<td class="num narrow soft">(\d+)<', page)
    ]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers[0] == LedgerEntry.objects.latest("seq").seq
    assert (
        client.get("/ledger/?action=disable_rule").content.decode().count("switched a rule off")
        >= 50
    )


def test_adding_somebody_shows_the_password_once(people, client_of):
    client = client_of(people["administrator"])
    client.post("/settings/people/", {"username": "new.one", "roles": ["legal"], "email": ""})
    page = client.get("/settings/people/").content.decode()
    password = re.search(r'id="password">([^<]+)<', page).group(1)
    assert password not in client.get("/settings/people/").content.decode()
    other = Client()
    other.post("/accounts/login/", {"login": "new.one", "password": password})
    assert other.get("/").headers["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize("name", ["", "two words", "admin", "ADMIN", "x" * 200])
def test_names_that_do_not_do(people, client_of, name):
    count = User.objects.count()
    response = client_of(people["administrator"]).post(
        "/settings/people/", {"username": name, "roles": []}
    )
    assert response.status_code == 422
    assert User.objects.count() == count


def test_roles_are_given_and_the_last_administrator_stays(people, client_of):
    client = client_of(people["administrator"])
    person = people["logistics"]
    client.post(f"/settings/people/{person.pk}/", {"roles": ["legal", "logistics"]})
    assert sorted(g.name for g in person.groups.all()) == ["legal", "logistics"]
    other = people["everybody"]
    client.post(f"/settings/people/{other.pk}/switch/")
    own = people["administrator"]
    response = client.post(f"/settings/people/{own.pk}/", {"roles": ["auditor"]})
    assert response.status_code == 422
    assert "last administrator" in response.content.decode()


def test_who_may_only_look_changes_nobody(people, client_of):
    client = client_of(people["auditor"])
    assert client.post("/settings/people/", {"username": "new.one", "roles": []}).status_code == 403
    assert (
        client.post(
            f"/settings/people/{people['legal'].pk}/", {"roles": ["administrator"]}
        ).status_code
        == 403
    )
    page = client.get("/settings/people/").content.decode()
    assert "Add somebody" not in page


def test_a_new_password_ends_the_sessions_of_the_old_one(people, client_of):
    victim = client_of(people["legal"])
    assert victim.get("/").status_code == 200
    client_of(people["administrator"]).post(f"/settings/people/{people['legal'].pk}/password/")
    assert victim.get("/").status_code == 302


def test_own_preferences(people, client_of):
    client = client_of(people["employee"])
    client.post("/settings/", {"language": "zh-hans", "theme": "dark"})
    page = client.get("/settings/").content.decode()
    assert 'lang="zh-Hans" data-theme="ink"' in page
    assert client.post("/settings/", {"language": "xx", "theme": "dark"}).status_code == 422


def test_the_system_page(shop, client_of):
    page = client_of(shop["auditor"]).get("/settings/system/").content.decode()
    assert "SQLite" in page or "PostgreSQL" in page
    assert "200 days" in page
    assert "ran out of room" not in page


def test_the_system_page_tells_what_correlations_gave_up(shop, client_of, console):
    health = read_health(console)
    health.evicted_events, health.evicted_groups, health.late_events = 5021, 12, 34
    write_health(console, health)
    page = client_of(shop["auditor"]).get("/settings/system/").content.decode()
    assert "ran out of room: 5,021 events of 12 accounts" in page
    assert "Too late for correlations</dt><dd>34</dd>" in page


def test_the_ledger_without_what_the_system_does(shop, client_of):
    """A batch of findings every other second would hide what people do."""
    client = client_of(shop["auditor"])
    every = client.get("/ledger/").context["rows"]
    people = client.get("/ledger/?actor=people").context["rows"]
    assert any(row["by_system"] for row in every)
    assert not any(row["by_system"] for row in people)
