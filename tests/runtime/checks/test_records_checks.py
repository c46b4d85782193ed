"""Checks that read the records and the lake: what each finds, and that none hides its error."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import resolve

from shangdun.actions.controls.check import do_ask_check
from shangdun.actions.controls.keep import do_adopt_controls
from shangdun.govern.controls.standing import CheckState, ControlState
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.config import Config
from shangdun.lake.places import lake_folder
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.store import Lake
from shangdun.records.actor import SETUP
from shangdun.records.controls import control_states, execution_rate
from shangdun.records.models import Control, ControlResult, InboxItem, LedgerEntry, User
from shangdun.runtime.checks import Asked, check_names, run
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.programme.controls import remind_of_controls, run_due_checks

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def asked(home: Path, now: datetime = NOW, config: Config | None = None) -> Asked:
    zone = ZoneInfo("Asia/Shanghai")
    return Asked(home, config or Config(), now, zone, AddressGuard())


def somebody(name: str, role: str) -> User:
    user = User.objects.create(username=name, last_login=NOW)
    user.groups.set(Group.objects.filter(name=role))
    return user


def test_every_check_answers_on_an_empty_system_and_its_facts_lead_somewhere(home):
    somebody("root", "administrator")
    for name in check_names():
        found = run(name, asked(home))
        assert "could not be finished" not in found.says["en"], (name, found.says)
        assert found.state is not CheckState.PASS or found.facts, name
        assert "{" not in found.says["zh"] + found.says["en"], name
        for fact in found.facts:
            assert not fact.path or resolve(fact.path), name


def test_second_factors_are_counted_of_those_who_can_act(home):
    root = somebody("root", "administrator")
    somebody("clerk", "employee")
    found = run("mfa", asked(home))
    assert found.state is CheckState.FAIL
    assert "root" in found.says["en"]
    assert "clerk" not in found.says["en"]
    Authenticator.objects.create(user=root, type=Authenticator.Type.TOTP, data={})
    assert run("mfa", asked(home)).state is CheckState.PASS
    loose = Config()
    loose.web.mfa = "offered"
    assert run("mfa", asked(home, config=loose)).state is CheckState.FAIL


def test_an_account_that_nobody_uses_is_named(home):
    user = somebody("wang", "employee")
    assert run("stale_accounts", asked(home)).state is CheckState.PASS
    found = run("stale_accounts", asked(home, NOW + timedelta(days=91)))
    assert found.state is CheckState.FAIL
    assert user.username in found.says["zh"]


@pytest.mark.parametrize(
    ("name", "began", "oldest", "state"),
    [
        ("long in use, and all is there", 300, 200, CheckState.PASS),
        ("young", 30, 29, CheckState.PASS),
        ("taken away", 300, 20, CheckState.FAIL),
        ("young, and the first weeks are gone", 100, 20, CheckState.FAIL),
    ],
)
def test_how_far_back_logs_really_reach(home, name, began, oldest, state):
    at = NOW - timedelta(days=oldest)
    frame = pl.DataFrame(
        [{"time": to_millis(at), "day": at.date(), "class_uid": 4002,
          "metadata.logged_time": to_millis(at)}],
        schema=POLARS_SCHEMA,
    )  # fmt: skip
    Lake(lake_folder(home, Config()), clock=FixedClock(at)).append(frame, app_id="t", version=1)
    do_adopt_controls(SETUP, keys=["tls"], clock=FixedClock(NOW - timedelta(days=began)))
    found = run("log_retention", asked(home))
    assert found.state is state, (name, found.says)


def test_less_than_six_months_configured_fails_whatever_is_there(home):
    short = Config()
    short.lake.retention_days = 90
    found = run("log_retention", asked(home, config=short))
    assert found.state is CheckState.FAIL
    assert "90" in found.says["zh"]


def test_due_checks_are_made_once_a_day_and_at_once_when_asked_for(home):
    keys = ["on-call", "ledger", "training"]
    do_adopt_controls(SETUP, keys=keys, clock=FixedClock(NOW - timedelta(days=40)))
    clock = FixedClock(NOW)
    before = LedgerEntry.objects.count()
    assert run_due_checks(clock, home, Config()) == 2  # people look at the third
    assert LedgerEntry.objects.count() == before + 1
    assert run_due_checks(clock, home, Config()) == 0
    clock.move(timedelta(minutes=5))
    do_ask_check(SETUP, key="on-call", clock=clock)
    clock.move(timedelta(seconds=5))
    assert run_due_checks(clock, home, Config()) == 1
    assert run_due_checks(clock, home, Config()) == 0
    clock.move(timedelta(days=1))
    assert run_due_checks(clock, home, Config()) == 2
    Control.objects.filter(key="on-call").update(applies=False)
    clock.move(timedelta(days=1))
    assert run_due_checks(clock, home, Config()) == 1


def test_what_fails_reaches_its_owner_once_and_the_rate_tells_it(home):
    owner = somebody("chen", "technical_support")
    begun = FixedClock(NOW - timedelta(days=200))
    do_adopt_controls(SETUP, keys=["on-call"], clock=begun)
    Control.objects.update(owner=owner)
    clock = FixedClock(NOW)
    run_due_checks(clock, home, Config())
    assert control_states(["on-call"], NOW)["on-call"].state is ControlState.FAILING
    for _ in range(2):
        remind_of_controls(clock)
    told = InboxItem.objects.get(person=owner)
    assert told.message.kind == "control_failing"
    assert told.message.data["path"] == "/controls/on-call/"
    rate = execution_rate(date(2026, 4, 1), date(2026, 6, 30), NOW)
    assert (rate.done, rate.due) == (0, 1)
    clock.move(timedelta(days=1))
    run_due_checks(clock, home, Config())
    remind_of_controls(clock)  # the same row of failures
    assert InboxItem.objects.filter(person=owner).count() == 1


def test_a_result_never_changes(home):
    from django.db import IntegrityError  # noqa: PLC0415 - of this one test

    do_adopt_controls(SETUP, keys=["on-call"], clock=FixedClock(NOW))
    run_due_checks(FixedClock(NOW), home, Config())
    with pytest.raises(IntegrityError):
        ControlResult.objects.update(state="pass")
