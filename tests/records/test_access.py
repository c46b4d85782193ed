"""Every list and fetch by every role, and what a stranger cannot tell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from shangdun.actions.change_source import do_add_source
from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records import access
from shangdun.records.actor import SETUP, System, actor_name, local_administrator
from shangdun.records.configured_sources import configured_sources
from shangdun.records.models import Finding, Incident, Source, User
from shangdun.records.roles import ROLE_CAPABILITIES, ROLE_LABELS, Capability, Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TIMES = {"occurred_at": NOW, "last_activity": NOW, "reported_at": NOW}


def person(*roles: Role, name: str = "chen") -> User:
    user = User.objects.create(username=name)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


LISTS: dict[Callable[..., object], set[Role]] = {
    access.visible_findings: {
        Role.LEADERSHIP,
        Role.TECHNICAL_SUPPORT,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    },
    access.visible_sources: {
        Role.LEADERSHIP,
        Role.TECHNICAL_SUPPORT,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    },
    access.visible_rule_settings: {
        Role.LEADERSHIP,
        Role.TECHNICAL_SUPPORT,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    },
    access.visible_ledger: {Role.LEADERSHIP, Role.ADMINISTRATOR, Role.AUDITOR},
    access.visible_people: {Role.LEADERSHIP, Role.ADMINISTRATOR, Role.AUDITOR},
    access.assignable_people: set(Role) - {Role.EMPLOYEE},
    access.visible_incidents: set(Role),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("listing", list(LISTS))
def test_each_list_by_each_role(listing: Callable[..., object], role: Role) -> None:
    user = person(role)
    if role in LISTS[listing]:
        listing(user)
    else:
        with pytest.raises(NotAllowed):
            listing(user)


def test_the_seeded_groups_are_the_roles() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in Role}
    assert set(ROLE_CAPABILITIES) == set(ROLE_LABELS) == set(Role)
    assert all(str(role.label) for role in Role)


def test_the_auditor_reads_everything_and_changes_nothing() -> None:
    auditor = person(Role.AUDITOR)
    reading = {c for c in Capability if c.startswith(("view_", "search_", "read_k"))}
    assert auditor.capabilities == reading | {Capability.ASSESS_COMPLIANCE}


def test_roles_add_up_and_an_unknown_group_gives_nothing() -> None:
    user = person(Role.EMPLOYEE, Role.AUDITOR)
    user.groups.add(Group.objects.create(name="marketing"))
    assert user.roles == {Role.EMPLOYEE, Role.AUDITOR}
    assert user.can(Capability.REPORT_INCIDENT, Capability.MANAGE_PEOPLE)
    assert not user.can(Capability.MANAGE_PEOPLE)
    assert person(name="nobody").capabilities == frozenset()


def test_an_employee_sees_his_own_reports_and_cannot_tell_that_others_exist() -> None:
    mine, other = person(Role.EMPLOYEE, name="me"), person(Role.EMPLOYEE, name="other")
    own = Incident.objects.create(
        number=1, title="x", type="data_breach", severity=3, reporter=mine, **TIMES
    )
    foreign = Incident.objects.create(
        number=2, title="y", type="data_breach", severity=3, reporter=other, **TIMES
    )
    automatic = Incident.objects.create(
        number=3, title="z", type="data_breach", severity=3, **TIMES
    )
    assert access.get_incident(mine, own.pk) == own
    assert access.get_incident_by_number(mine, 1) == own
    assert list(access.visible_incidents(mine)) == [own]
    refusals = set()
    for hidden in (foreign.pk, automatic.pk, 9999):
        with pytest.raises(NotFound) as caught:
            access.get_incident(mine, hidden)
        refusals.add(str(caught.value).replace(str(hidden), "N"))
    assert len(refusals) == 1
    assert access.visible_incidents(person(Role.LEGAL, name="lawyer")).count() == 3


def test_a_fetch_of_what_is_not_there() -> None:
    auditor = person(Role.AUDITOR)
    for fetch in (access.get_incident, access.get_finding, access.get_source, access.get_person):
        with pytest.raises(NotFound):
            fetch(auditor, 404)
        with pytest.raises(NotAllowed):
            fetch(person(name=fetch.__name__), 404)


def test_a_finding_comes_with_what_its_page_shows(django_assert_num_queries) -> None:
    auditor = person(Role.AUDITOR)
    row = Finding.objects.create(
        uid="a",
        rule_uid="r",
        title="t",
        severity=3,
        first_time=NOW,
        time=NOW,
        recorded=NOW,
        fold_key="k",
    )
    assert auditor.capabilities
    with django_assert_num_queries(2):
        found = access.get_finding(auditor, row.pk)
        assert list(found.entities.all()) == []
        assert found.incident is None


def test_a_token_opens_its_own_enabled_source_only() -> None:
    digest = hashlib.sha256(b"sdt_right").hexdigest()
    row = Source.objects.create(
        name="shop", format="shop", http=True, token_hash=digest, created=NOW, changed=NOW
    )
    Source.objects.create(name="fresh", format="shop", http=True, created=NOW, changed=NOW)
    assert access.source_by_token("shop", "sdt_right") == row
    for name, token in (("shop", "sdt_wrong"), ("shop", ""), ("fresh", ""), ("other", "sdt_right")):
        with pytest.raises(NotAllowed):
            access.source_by_token(name, token)
    Source.objects.update(enabled=False)
    with pytest.raises(NotAllowed):
        access.source_by_token("shop", "sdt_right")


@pytest.fixture
def configured_home(home: Path) -> Iterator[Path]:
    """A home whose ``shangdun.toml`` names a pushed source and a file."""
    (home / "shangdun.toml").write_text(
        '[[sources]]\nname = "checkout"\nformat = "shop"\nhttp = true\n'
        'token = "of-the-file-itself-1"\n'
        '[[sources]]\nname = "log"\nformat = "combined"\npath = "/var/log/x"\n'
    )
    configured_sources.cache_clear()
    yield home
    configured_sources.cache_clear()


@pytest.mark.usefixtures("configured_home")
def test_a_source_of_the_file_is_opened_by_the_token_that_stands_there() -> None:
    assert access.source_by_token("checkout", "of-the-file-itself-1").format == "shop"
    for name, token in (("checkout", ""), ("checkout", "of-the-file-itself-2"), ("log", "")):
        with pytest.raises(NotAllowed):
            access.source_by_token(name, token)


@pytest.mark.usefixtures("configured_home")
@pytest.mark.django_db(transaction=True)
def test_a_page_cannot_take_the_name_of_a_source_of_the_file() -> None:
    with pytest.raises(UsageError, match="checkout"):
        do_add_source(SETUP, SourceConfig(name="checkout", format="json", path="/x"))


def test_actors_names_in_the_ledger() -> None:
    user = person(name="chen")
    assert actor_name(user) == f"user:{user.pk}:chen"
    assert actor_name(System("system:watch")) == "system:watch"
    assert actor_name(local_administrator()).startswith("local:")
    assert len(actor_name(local_administrator())) > len("local:")
