"""Every ``do_`` function: one ledger entry when it acts, none when it does not, refused by role."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import transaction

from shangdun import actions
from shangdun.actions.action import ACTIONS
from shangdun.actions.announce_sale import Announcement
from shangdun.actions.answer_offences import Answering
from shangdun.actions.change_never_block import Protection
from shangdun.actions.create_user import NewAccount
from shangdun.actions.decide import NewDecision
from shangdun.actions.keep_search import Kept
from shangdun.detect.rule_archive import RuleFile
from shangdun.detect.rule_import import harvest
from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import NotAllowed, NotFound
from shangdun.observe import probe as observed
from shangdun.protect.customers import Customers
from shangdun.protect.decision import Measure
from shangdun.protect.never_block import Entry, Purpose
from shangdun.protect.policy import Offence
from shangdun.protect.settings import ProtectConfig
from shangdun.protect.target import target
from shangdun.records.actor import JOBS, POLICY, SETUP, WATCH, Actor
from shangdun.records.models import (
    Decision,
    Finding,
    Incident,
    LedgerEntry,
    Message,
    Probe,
    Source,
    User,
)
from shangdun.records.roles import Capability, Role
from shangdun.respond.filter_proposal import Condition, Proposal, Target
from shangdun.respond.report import Report
from shangdun.respond.suppression import Scope

from .cases import actors, cases, may
from .conftest import finding

pytestmark = pytest.mark.django_db

REPORT = Report(title="Shop is slow", type="system_failure")
SUPPRESSION = {
    "scope": Scope(rule_uid="sqli"),
    "until": datetime.now(UTC) + timedelta(hours=8),
    "reason": "a load test",
}
PROBE = observed.Probe(
    uid=0, name="start page", kind=observed.ProbeKind.HTTP, target="https://shop.example/"
)
SOURCE = SourceConfig(name="pushed", format="json", http=True)

RULE_ID = "4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f80"
RULE = f"""\
title: Backup asked for
id: {RULE_ID}
logsource:
  category: webserver
detection:
  selection:
    cs-uri-stem|endswith: .bak
  condition: selection
"""
SALE = Announcement(
    name_zh="双十二", since=datetime.now(UTC), until=datetime.now(UTC) + timedelta(hours=2)
)
DAY = {"since": datetime(2026, 3, 4, tzinfo=UTC), "until": datetime(2026, 3, 5, tzinfo=UTC)}
EXPORT = {"query": "status:404", "sql": False, "form": "csv", **DAY}
FILTER = {
    "proposal": Proposal((Condition("path", "", "/health"),), (1, 2, 3)),
    "target": Target(
        rules=("sqli",), judged=("sqli",), logsource={"category": "webserver"}, title="Not this"
    ),
    "reason": "our own probe",
}
HUNT = {"title": "SQL injection", "rule_uid": "sqli", **DAY}
KEPT = Kept(query="status:>=500")
HARVEST = harvest([RuleFile("web/backup.yml", RULE.encode())])
ATTACKER = target("address", "203.0.113.9")
DECISION = NewDecision(target=ATTACKER, measure=Measure.BLOCK, reason="scans us", until=None)
PROTECTION = Protection(target=target("address", "198.51.100.9"), purpose=Purpose.PARTNER)
CRAWLER = Entry(target("address", "198.51.100.66"), Purpose.SEARCH, "dns: googlebot")
OFFENCE = Offence(ATTACKER, "sqli", "SQL injection", 5, 0, 1, "")
ANSWERING = Answering(
    offences=[OFFENCE], config=ProtectConfig(mode="act"), customers=Customers.unknown()
)
BY_POLICY = ("answer_offences", "expire_decisions", "follow_never_block", "verify_crawlers")
SYSTEMS: dict[str, Actor] = {
    "finish_proof": JOBS,
    "record_findings": WATCH,
    **dict.fromkeys(BY_POLICY, POLICY),
}
STAGED = {"name": "release.zip", "collection": "sigma", "shipped": {}}


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in pkgutil.walk_packages(actions.__path__, f"{actions.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.startswith("do_") and inspect.isfunction(value):
                yield name, value


class World:
    """An actor with every role, one incident, one source, another person."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.staged = 0
        self.hunt = 0
        self.search = 0
        self.sale = 0
        self.suppression = 0
        self.found = 0
        self.merged = 0
        self.decision = 0
        self.proof = 0
        self.entry = 0
        self.boss = call("create_first_administrator", SETUP).user
        self.other = call("create_user", SETUP, username="li", roles=[Role.TECHNICAL_SUPPORT]).user
        self.incident: Incident = call("report_incident", self.boss, REPORT)
        self.source: Source = call("add_source", self.boss, SOURCE)
        standing = msgspec.structs.replace(PROBE, name="standing")
        self.probe: Probe = call("add_probe", self.boss, standing)
        self.enforcer, _key = call("add_enforcer", self.boss, name="standing", kind="guard")

    def about_probes(self) -> dict[str, tuple[Any, ...]]:
        return {
            "add_probe": (PROBE,),
            "change_probe": (msgspec.structs.replace(PROBE, uid=self.probe.pk, retries=5),),
            "remove_probe": ({"probe_id": self.probe.pk},),
        }

    def about_decisions(self) -> dict[str, tuple[Any, ...]]:
        author = {"author": "rule:sqli"}
        return {
            "decide": (DECISION,),
            "answer_offences": (ANSWERING,),
            "confirm_decision": ({"decision_id": self.decision},),
            "confirm_decisions": (author,),
            "expire_decisions": ({"clock": SystemClockOfNextYear()},),
            "follow_never_block": (),
            "protect": (PROTECTION,),
            "refuse_decision": ({"decision_id": self.decision},),
            "refuse_decisions": (author,),
            "undo_decision": ({"decision_id": self.decision},),
            "undo_decisions": (author,),
            "unprotect": ({"entry_id": self.entry},),
            "verify_crawlers": ({"verified": [CRAWLER], "lasts": timedelta(days=1)},),
        }

    def about_enforcers(self) -> dict[str, tuple[Any, ...]]:
        return {
            "add_enforcer": ({"name": "edge", "kind": "bouncer", "product": "nginx"},),
            "issue_enforcer_key": ({"enforcer_id": self.enforcer.pk},),
            "remove_enforcer": ({"enforcer_id": self.enforcer.pk},),
        }

    def about_rules(self) -> dict[str, tuple[Any, ...]]:
        return {
            "add_to_rule_list": (
                {"list_name": "staff_addresses", "values": ["10.0.0.1"], "reason": "office"},
            ),
            "apply_rule_import": ({"import_id": self.staged, "reason": "a release"},),
            "disable_rule": ({"rule_uid": "sqli", "reason": "noisy"},),
            "drop_rule_import": ({"import_id": self.staged},),
            "enable_rule": ({"rule_uid": "sqli"},),
            "remove_from_rule_list": (
                {"list_name": "partners", "value": "10.0.0.1", "reason": "moved"},
            ),
            "remove_rule_document": ({"uid": RULE_ID, "reason": "not ours"},),
            "remove_rule_list": ({"list_name": "partners", "reason": "moved"},),
            "revert_rule_document": ({"uid": RULE_ID, "number": 1, "reason": "it was better"},),
            "save_rule_document": ({"text": RULE, "reason": "seen in the wild"},),
            "stage_rule_import": (HARVEST, STAGED),
            "try_rule": ({"uid": RULE_ID, "title": "Backup asked for", "text": RULE},),
            "undo_rule_import": ({"import_id": self.staged, "reason": "too loud"},),
        }

    def about_proofs(self) -> dict[str, tuple[Any, ...]]:
        return {
            "start_proof": ({"url": "https://shop.example"},),
            "finish_proof": ({"proof_id": self.proof, "results": []},),
        }

    def arguments(self, name: str) -> tuple[Actor, tuple[Any, ...], dict[str, Any]]:
        if case := cases().get(name):
            args, keywords = case(self)
            return actors().get(name, self.boss), args, keywords
        incident = {"incident_id": self.incident.pk}
        table: dict[str, tuple[Any, ...]] = {
            "add_source": (SourceConfig(name="new", format="combined", path="/x"),),
            "announce_sale": (SALE,),
            "approve_filter": (FILTER,),
            "assign_incident": ({**incident, "assignee_id": self.other.pk},),
            "assign_roles": ({"user_id": self.other.pk, "roles": [Role.LEGAL]},),
            "name_person": ({"user_id": self.other.pk, "name": "赵敏"},),
            "cancel_sale": ({"sale_id": self.sale},),
            "change_source": (SOURCE, {"source_id": self.source.pk, "enabled": False}),
            "cancel_hunt": ({"hunt_id": self.hunt},),
            "checkpoint_ledger": ({"home": self.home},),
            "close_incident": ({**incident, "verdict": "benign_positive", "note": "a drill"},),
            "comment_on_incident": ({**incident, "text": "calling the host"},),
            "create_first_administrator": ({"username": "second"},),
            "create_user": ({"username": "wang", "roles": [Role.EMPLOYEE]},),
            "export_events": (EXPORT,),
            "end_suppression": ({"suppression_id": self.suppression},),
            "issue_source_token": ({"source_id": self.source.pk},),
            "judge_finding": ({"finding_id": self.found, "verdict": "false_positive"},),
            "merge_incidents": ({**incident, "other": self.merged},),
            "move_incident": ({**incident, "state": "triaged"},),
            "record_failed_login": ({"username": "admin", "address": "203.0.113.9"},),
            "record_findings": ({"batch": 1, "findings": [finding(1)]},),
            "record_login": ({"address": "203.0.113.9"},),
            "record_logout": (),
            "record_password_change": (),
            "remove_search": ({"search_id": self.search},),
            "remove_source": ({"source_id": self.source.pk},),
            "report_incident": (REPORT,),
            "reset_password": ({"user_id": self.other.pk},),
            "save_search": (KEPT, {"name": "errors"}),
            "start_hunt": (HUNT,),
            "set_preferences": ({"theme": "dark"},),
            "suppress_findings": (SUPPRESSION,),
            "switch_account": ({"user_id": self.other.pk, "active": False},),
            "take_incident": (incident,),
        }
        table |= self.about_probes() | self.about_decisions() | self.about_enforcers()
        for about in (
            self.about_rules(), self.about_probes(), self.about_decisions(),
            self.about_enforcers(), self.about_proofs(),
        ):  # fmt: skip
            table |= about
        given = table[name]
        keywords = given[-1] if given and isinstance(given[-1], dict) else {}
        actor = SYSTEMS.get(name, self.boss)
        return actor, tuple(item for item in given if item is not keywords), keywords

    def prepare(self, name: str) -> None:
        if name == "enable_rule":
            call("disable_rule", self.boss, rule_uid="sqli", reason="noisy")
        self.prepare_rules(name)
        self.prepare_decisions(name)
        if name == "cancel_hunt":
            self.hunt = call("start_hunt", self.boss, **HUNT).pk
        if name == "finish_proof":
            self.proof = call("start_proof", self.boss, url="https://shop.example").pk
        if name == "remove_search":
            self.search = call("save_search", self.boss, KEPT, name="mine", shared=True).pk
        if name == "create_first_administrator":
            User.objects.filter(pk=self.other.pk).delete()
            Message.objects.all().delete()
            Incident.objects.all().delete()
            User.objects.all().delete()

    def prepare_decisions(self, name: str) -> None:
        if name.startswith(("confirm_decision", "refuse_decision", "undo_decision", "expire_")):
            call("answer_offences", POLICY, ANSWERING)  # nobody is known to pay: it is proposed
            self.decision = Decision.objects.get(level__gt=0).pk
        if name == "unprotect":
            self.entry = call("protect", self.boss, PROTECTION).pk

    def prepare_rules(self, name: str) -> None:
        if name in {"apply_rule_import", "drop_rule_import", "undo_rule_import"}:
            self.staged = call("stage_rule_import", self.boss, HARVEST, **STAGED).pk
        if name == "undo_rule_import":
            call("apply_rule_import", self.boss, import_id=self.staged, reason="a release")
        if name in {"remove_rule_document", "revert_rule_document"}:
            call("save_rule_document", self.boss, text=RULE, reason="seen in the wild")
        if name == "revert_rule_document":
            call("save_rule_document", self.boss, text=f"{RULE}level: low\n", reason="loud")
        if name in {"remove_from_rule_list", "remove_rule_list"}:
            listed = {"list_name": "partners", "values": ["10.0.0.1"], "reason": "new"}
            call("add_to_rule_list", self.boss, **listed)
        if name == "cancel_sale":
            self.sale = call("announce_sale", self.boss, SALE).pk
        if name == "end_suppression":
            self.suppression = call("suppress_findings", self.boss, **SUPPRESSION).pk
        if name == "judge_finding":
            call("record_findings", WATCH, batch=1, findings=[finding(1)])
            self.found = Finding.objects.get().pk
        if name == "merge_incidents":
            self.merged = call("report_incident", self.boss, REPORT).number


class SystemClockOfNextYear:
    """By then every decision has run out."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=365)


def call(name: str, actor: Actor, /, *args: Any, **keywords: Any) -> Any:
    return ACTIONS[name](actor, *args, **keywords)


NAMES = sorted({name.removeprefix("do_") for name, _ in functions()})


@pytest.fixture
def world(home: Path) -> World:
    return World(home)


def test_every_do_function_is_an_action() -> None:
    for name, function in functions():
        assert ACTIONS[name.removeprefix("do_")] is function
    assert len(NAMES) >= 20


@pytest.mark.parametrize("name", NAMES)
def test_acting_appends_exactly_one_entry_of_its_own(world: World, name: str) -> None:
    world.prepare(name)
    actor, args, keywords = world.arguments(name)
    if name == "create_first_administrator":
        actor = SETUP
    before = LedgerEntry.objects.count()
    call(name, actor, *args, **keywords)
    assert LedgerEntry.objects.count() == before + 1
    assert LedgerEntry.objects.order_by("seq").last().action == name


NEEDS_NOTHING = {"record_login", "record_logout", "record_password_change", "set_preferences"}


@pytest.mark.parametrize("name", sorted(set(NAMES) - NEEDS_NOTHING))
def test_a_person_without_a_role_is_refused_and_that_is_on_record_once(
    world: World, name: str
) -> None:
    nobody = User.objects.create(username="nobody")
    _, args, keywords = world.arguments(name)
    before = LedgerEntry.objects.count()
    for _ in range(3):
        with pytest.raises(NotAllowed):
            call(name, nobody, *args, **keywords)
    (entry,) = LedgerEntry.objects.filter(seq__gt=before)
    assert (entry.action, entry.actor) == ("refuse", f"user:{nobody.pk}:nobody")
    assert entry.subject_id == name


@pytest.mark.parametrize("name", NAMES)
def test_a_switched_off_account_may_do_nothing(world: World, name: str) -> None:
    User.objects.filter(pk=world.boss.pk).update(is_active=False)
    boss = User.objects.get(pk=world.boss.pk)
    _, args, keywords = world.arguments(name)
    with pytest.raises(NotAllowed):
        call(name, boss, *args, **keywords)


DECIDING = {
    "confirm_decision",
    "confirm_decisions",
    "decide",
    "protect",
    "refuse_decision",
    "refuse_decisions",
    "start_proof",
    "undo_decision",
    "undo_decisions",
    "unprotect",
}
MAY_DO: dict[Role, set[str]] = {
    Role.LEADERSHIP: DECIDING
    | {
        "announce_sale",
        "assign_incident",
        "cancel_sale",
        "checkpoint_ledger",
        "close_incident",
        "comment_on_incident",
        "end_suppression",
        "judge_finding",
        "merge_incidents",
        "move_incident",
        "report_incident",
        "suppress_findings",
    },
    Role.TECHNICAL_SUPPORT: DECIDING
    | {
        "assign_incident",
        "cancel_hunt",
        "close_incident",
        "comment_on_incident",
        "end_suppression",
        "export_events",
        "judge_finding",
        "merge_incidents",
        "move_incident",
        "report_incident",
        "save_search",
        "start_hunt",
        "suppress_findings",
        "take_incident",
    },
    Role.CUSTOMER_SERVICE: {"comment_on_incident", "report_incident"},
    Role.LEGAL: {"comment_on_incident", "report_incident"},
    Role.LOGISTICS: {"comment_on_incident", "report_incident"},
    Role.ADMINISTRATOR: {
        "add_enforcer",
        "add_probe",
        "start_proof",
        "add_source",
        "add_to_rule_list",
        "announce_sale",
        "apply_rule_import",
        "approve_filter",
        "assign_roles",
        "name_person",
        "cancel_sale",
        "change_probe",
        "change_source",
        "checkpoint_ledger",
        "create_user",
        "disable_rule",
        "drop_rule_import",
        "enable_rule",
        "end_suppression",
        "issue_enforcer_key",
        "issue_source_token",
        "protect",
        "record_failed_login",
        "remove_from_rule_list",
        "remove_rule_document",
        "remove_rule_list",
        "remove_enforcer",
        "remove_probe",
        "remove_source",
        "report_incident",
        "reset_password",
        "revert_rule_document",
        "save_rule_document",
        "stage_rule_import",
        "try_rule",
        "undo_rule_import",
        "suppress_findings",
        "switch_account",
        "unprotect",
    },
    Role.AUDITOR: {"export_events"},
    Role.EMPLOYEE: {"report_incident"},
}


@pytest.mark.parametrize(
    "name", sorted(set(NAMES) - NEEDS_NOTHING - {"create_first_administrator"})
)
def test_each_role_may_do_exactly_what_it_needs(
    world: World, somebody: Callable[..., User], name: str
) -> None:
    world.prepare(name)
    for role in Role:
        standing = transaction.savepoint()
        actor = somebody(role, name="actor")
        _, args, keywords = world.arguments(name)
        try:
            call(name, actor, *args, **keywords)
            done = True
        except (NotAllowed, NotFound):  # the latter for what one may not even see
            done = False
        assert done is (name in MAY_DO[role] | may(role)), role
        transaction.savepoint_rollback(standing)


def test_no_role_records_findings() -> None:
    for role in Role:
        assert Capability.RECORD_FINDINGS not in User(username="x").capabilities
        assert "record_findings" not in (MAY_DO[role] | may(role))


def test_a_failing_action_leaves_neither_record_nor_entry(world: World) -> None:
    before = LedgerEntry.objects.count()
    with pytest.raises(Exception, match="empty"):
        call("comment_on_incident", world.boss, incident_id=world.incident.pk, text=" ")
    assert LedgerEntry.objects.count() == before


def test_the_first_account_is_printed_once_and_must_change_its_password(home: Path) -> None:
    account: NewAccount = call("create_first_administrator", SETUP)
    assert account.user.check_password(account.password)
    assert account.user.must_change_password
    assert len(account.password) == 19
    assert account.password not in "".join(LedgerEntry.objects.values_list("payload", flat=True))
