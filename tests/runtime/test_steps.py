"""Automatic steps: what they do, what they may not, and what a drill makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from tests.playbook_runs import Book, an_incident

from shangdun.actions.tasks.begin import begin_run
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.config import Config, RespondConfig
from shangdun.kernel.errors import UsageError
from shangdun.protect.customers import Customers
from shangdun.records.customers_file import customers_path
from shangdun.records.models import (
    Decision,
    DecisionChange,
    Drill,
    Incident,
    NeverBlock,
    StepAttempt,
    Task,
)
from shangdun.runtime.response.steps import http, step_kinds
from shangdun.runtime.response.steps_runner import Steps

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CONFIG = Config(respond=RespondConfig(step_hosts=["soar.example", "[::1]:8443", "169.254.169.254"]))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))
    settings.HOME = tmp_path
    shopper = {"customer": "li", "address": "198.51.100.20"}
    Customers.of([shopper], taken=to_millis(NOON)).save(customers_path(tmp_path))
    return tmp_path


def acted(home: Path, book: Book, incident: Incident | None = None) -> Task:
    """The one step of a playbook, done."""
    with transaction.atomic():
        run = begin_run(incident or an_incident(), book.stored(), NOON)
    Steps(home, CONFIG, FixedClock(NOON)).do_free()
    return run.tasks.get()


def blocking(name: str, whom: str, **more: Any) -> Book:
    does = {"kind": "block", "entity": "address", "what": whom, "minutes": 60, **more}
    return Book(name).task("block", automatic=does).chain("start", "block", "end")


def test_every_kind_of_the_playbooks_has_a_step() -> None:
    from shangdun.respond.playbook.model import Automatic  # noqa: PLC0415  only here

    assert set(step_kinds()) == {kind.value for kind in Automatic}


def test_a_block_is_the_steps_decision_and_ends(home: Path) -> None:
    task = acted(home, blocking("real", "203.0.113.9, 203.0.113.10"))
    assert task.state == "done"
    rows = Decision.objects.filter(measure="block").order_by("value")
    assert [row.value for row in rows] == ["203.0.113.10", "203.0.113.9"]
    assert {row.author for row in rows} == {f"step:{task.run_id}/{task.step}"}
    assert {row.until for row in rows} == {NOON + timedelta(minutes=60)}
    assert task.attempts.get().result["decided"] == ["203.0.113.9", "203.0.113.10"]


def test_who_is_never_turned_away_is_not_by_a_step_either(home: Path) -> None:
    NeverBlock.objects.create(
        purpose="payment", kind="address", value="203.0.113.9", author="tests", added=NOON
    )
    task = acted(home, blocking("protected", "203.0.113.9"))
    assert (task.state, task.held) == ("failed", True)
    assert "203.0.113.9" in task.result
    assert not Decision.objects.filter(measure="block").exists()


def test_a_drill_rehearses_and_decides_nothing(home: Path) -> None:
    drill = Drill.objects.create(number=1, title="autumn", created=NOON, planned_at=NOON)
    task = acted(home, blocking("drill", "203.0.113.9"), an_incident(drill=drill))
    did = task.attempts.get().result
    assert (task.state, did["what"], did["decided"]) == ("done", "would_block", ["203.0.113.9"])
    assert Decision.objects.count() == 0
    assert DecisionChange.objects.count() == 0


def test_a_drill_calls_nobody(home: Path) -> None:
    drill = Drill.objects.create(number=1, title="autumn", created=NOON, planned_at=NOON)
    book = (
        Book("call").http("call", "POST https://soar.example/isolate").chain("start", "call", "end")
    )
    task = acted(home, book, an_incident(drill=drill))  # a name that resolves nowhere
    assert (task.state, task.attempts.get().result["what"]) == ("done", "would_http")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("POST https://elsewhere.example/", "may not call"),
        ("POST https://[::1]:9999/", "may not call"),
        ("GET http://169.254.169.254/latest/meta-data/", "metadata"),
        ("GET file:///etc/passwd", "METHOD"),
        ("CONNECT https://soar.example/", "METHOD"),
        ("GET https://user:pass@soar.example/", "address"),
        ("GET https://soar.example@elsewhere.example/", "address"),
        ("GET https://__host__:value/", "address"),
        ("GET https://soar.example/\nX-Evil: 1", "control"),
    ],
)
def test_a_call_goes_nowhere_it_may_not(home: Path, command: str, why: str) -> None:
    book = Book("call").http("call", "GET https://soar.example/").chain("start", "call", "end")
    with transaction.atomic():
        run = begin_run(an_incident(), book.stored(), NOON)
    run.tasks.update(parameters={"type": "http-api", "command": command})
    Steps(home, CONFIG, FixedClock(NOON)).do_free()
    task = run.tasks.get()
    assert task.state == "failed"
    assert why in task.result


def test_headers_cannot_smuggle_others() -> None:
    with pytest.raises(UsageError, match="control character"):
        http.meant_by({"command": "GET https://a.example/", "headers": {"X": ["a\r\nHost: b"]}})
    meant = http.meant_by(
        {"command": "GET https://a.example/", "headers": {"Host": ["b"], "Idempotency-Key": ["x"]}}
    )
    assert meant.headers == {}


def test_what_may_be_repeated_is_said_by_the_method_or_the_playbook() -> None:
    assert http.repeats({"command": "PUT https://a.example/"})
    assert not http.repeats({"command": "POST https://a.example/"})
    assert http.repeats({"command": "POST https://a.example/", "idempotent": True})


def test_a_step_that_breaks_asks_a_person(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_work: object) -> None:
        raise RuntimeError("the disk is on fire")

    kinds = {"block": SimpleNamespace(name="block", repeats=lambda _p: True, act=breaks)}
    monkeypatch.setattr("shangdun.runtime.response.steps_runner.step_kinds", lambda: kinds)
    task = acted(home, blocking("broken", "203.0.113.9"))
    assert (task.state, task.held) == ("failed", True)
    assert "disk is on fire" in task.result
    assert StepAttempt.objects.get().state == "failed"
