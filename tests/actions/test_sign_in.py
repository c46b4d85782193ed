"""Signing in and out, and failing to, is on record."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory

from shangdun.actions.change_person import do_assign_roles, do_name_person, do_switch_account
from shangdun.actions.create_user import do_create_user, do_reset_password
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import SETUP
from shangdun.records.models import LedgerEntry, User
from shangdun.records.roles import Role

from .conftest import ledger

pytestmark = pytest.mark.django_db


def test_coming_and_leaving(responder: User) -> None:
    client = Client()
    client.force_login(responder)
    client.logout()
    who = f"user:{responder.pk}:chen"
    subject = f"user:{responder.pk}"
    assert ledger() == [("record_login", who, subject), ("record_logout", who, subject)]


def test_failing_to_come_in_names_what_was_typed_and_from_where(responder: User) -> None:
    request = RequestFactory(REMOTE_ADDR="203.0.113.9").post("/")
    assert authenticate(request, username="root\x1b" + "x" * 500, password="guess") is None
    row = LedgerEntry.objects.get()
    assert (row.action, row.actor) == ("record_failed_login", "system:accounts")
    assert row.subject_id.startswith("root\x1bxxx")
    assert len(row.subject_id) == 100
    assert json.loads(row.payload) == {"address": "203.0.113.9"}
    assert "guess" not in row.payload


def test_a_reset_password_replaces_the_old_one(administrator: User) -> None:
    first = do_create_user(administrator, username="li", roles=[Role.EMPLOYEE])
    second = do_reset_password(administrator, user_id=first.user.pk)
    user = User.objects.get(username="li")
    assert user.check_password(second.password)
    assert not user.check_password(first.password)
    assert user.must_change_password


def test_people_are_called_as_they_are_named(administrator: User) -> None:
    account = do_create_user(administrator, username="zhao.min", roles=[], name=" 赵敏 ")
    assert account.user.get_full_name() == "赵敏"
    named = do_name_person(administrator, user_id=account.user.pk, name="Zhao\u202e  Min\x1b[1m")
    assert User.objects.get(pk=named.pk).get_full_name() == "Zhao Min[1m"
    count = LedgerEntry.objects.count()
    do_name_person(administrator, user_id=account.user.pk, name="Zhao Min[1m")
    assert LedgerEntry.objects.count() == count


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 151, "\x1b[31m", "ROOT"])
def test_bad_or_taken_names_are_refused(administrator: User, name: str) -> None:
    with pytest.raises(UsageError):
        do_create_user(administrator, username=name, roles=[])


def test_the_last_administrator_stays(administrator: User) -> None:
    for change in (
        lambda: do_assign_roles(administrator, user_id=administrator.pk, roles=[Role.LEGAL]),
        lambda: do_switch_account(administrator, user_id=administrator.pk, active=False),
    ):
        with pytest.raises(UsageError, match="last administrator"):
            change()
    second = do_create_user(SETUP, username="li", roles=[Role.ADMINISTRATOR]).user
    do_switch_account(second, user_id=administrator.pk, active=False)
    with pytest.raises(UsageError, match="last administrator"):
        do_assign_roles(second, user_id=second.pk, roles=[])
