"""What people decide about a vulnerability: who mends it until when, or that it stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.vulnerabilities.rows import DueDates, event_of, next_number, reopen
from shangdun.assess.vulnerabilities.found import cve_in, shortened
from shangdun.assess.vulnerabilities.severity import Grade
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.kernel.ids import content_id
from shangdun.records.access import another_leads
from shangdun.records.actor import Actor, person
from shangdun.records.assets import get_asset
from shangdun.records.conflict import EditConflict
from shangdun.records.models import User, Vulnerability, VulnerabilityAct, VulnerabilityState
from shangdun.records.owned import BEFORE, owned_lately, refuse_alone
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.vulnerabilities import get_vulnerability

MANUAL = "manual"
LONGEST_DAYS = 366
"""Nobody lives with one for longer without looking again, as with a risk."""
DECIDED = {
    VulnerabilityState.ACCEPTED: VulnerabilityAct.ACCEPTED,
    VulnerabilityState.FALSE_POSITIVE: VulnerabilityAct.FALSE_POSITIVE,
}


SAYS: dict[str, tuple[str, str]] = {
    VulnerabilityState.ACCEPTED: ("已接受", "accepted"),
    VulnerabilityState.FALSE_POSITIVE: ("判定为误报", "called a false positive"),
    VulnerabilityState.FIXED: ("人工关闭", "closed by hand"),
}


class NewVulnerability(msgspec.Struct, kw_only=True, frozen=True):
    """One that a person writes down: told by a customer, read in a notice, seen in a test."""

    title: str
    severity: Grade
    asset_number: int = 0
    description: str = ""
    cve: str = ""
    place: str = ""
    known_exploited: bool = False


@action(Capability.MANAGE_ASSETS)
def do_add_vulnerability(
    actor: Actor, wanted: NewVulnerability, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Vulnerability]:
    """Write one down by hand; title, CVE, place and asset tell it from others."""
    title = shortened("title", clean_text(wanted.title))
    if not title:
        raise UsageError("say what it is", code="vulnerability.title", fix="a few words")
    asset = get_asset(actor, wanted.asset_number) if wanted.asset_number else None
    cve = cve_in((wanted.cve, title))
    if wanted.cve.strip() and not cve:
        raise UsageError("no such CVE", code="vulnerability.cve", fix="CVE-2026-12345")
    place = shortened("place", clean_text(wanted.place))
    identity = content_id("\0".join((title, cve, place, str(asset.number if asset else ""))))
    same = Vulnerability.objects.filter(tool=MANUAL, scope="", identity=identity).first()
    if same is not None:
        return Unchanged(same)
    now, due = clock.now(), DueDates()
    row = Vulnerability.objects.create(
        number=next_number(), tool=MANUAL, identity=identity, title=title, cve=cve, place=place,
        description=shortened("description", clean_text(wanted.description)), asset=asset,
        owner=asset.owner if asset else None, severity=wanted.severity.value,
        known_exploited=wanted.known_exploited, first_seen=now, last_seen=now, opened_at=now,
        due=due.of(wanted.severity.value, now, known_exploited=wanted.known_exploited),
    )  # fmt: skip
    event_of(row, VulnerabilityAct.OPENED, actor, now).save()
    payload = {"title": title, "severity": row.severity, "cve": cve,
               "asset": asset.number if asset else 0}  # fmt: skip
    return Done(row, ("vulnerability", row.number), now, payload)


class Assigned(msgspec.Struct, kw_only=True, frozen=True):
    """Who mends it, until when, in which asset; and whether it is exploited already."""

    owner_id: int | None = None
    due: date | None = None
    asset_number: int = 0
    known_exploited: bool = False


@action(Capability.MANAGE_ASSETS)
def do_assign_vulnerability(
    actor: Actor,
    wanted: Assigned,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Vulnerability]:
    """Owner, due date, asset. A day that a person sets stays whatever a later report says."""
    row = get_vulnerability(actor, number)
    before = _assigned(row)
    if before == wanted:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this vulnerability meanwhile",
            where=f"V-{number}",
            mine={"version": version, **msgspec.structs.asdict(wanted)},
            theirs={"version": row.version, **msgspec.structs.asdict(before)},
        )
    if wanted.owner_id is not None:
        known = User.objects.filter(pk=wanted.owner_id, is_active=True)
        if wanted.owner_id != row.owner_id and not known.exists():
            raise UsageError("there is no such person", code="asset.owner", fix="choose an owner")
    asset = get_asset(actor, wanted.asset_number) if wanted.asset_number else None
    now = clock.now()
    row.owner_id, row.asset = wanted.owner_id, asset
    if wanted.due != row.due:
        row.due, row.due_by_hand = wanted.due, wanted.due is not None
    if wanted.known_exploited != row.known_exploited:
        row.known_exploited = wanted.known_exploited
    if not row.due_by_hand:
        row.due = DueDates().of(row.severity, row.opened_at, known_exploited=row.known_exploited)
    _save(row, "owner", "asset", "due", "due_by_hand", "known_exploited")
    event_of(row, VulnerabilityAct.CHANGED, actor, now).save()
    payload = {"owner": row.owner_id or 0, "due": str(row.due or ""), BEFORE: before.owner_id or 0,
               "asset": asset.number if asset else 0,
               "known_exploited": row.known_exploited}  # fmt: skip
    return Done(row, ("vulnerability", number), now, payload)


@action(Capability.ACCEPT_RISKS)
def do_accept_vulnerability(
    actor: Actor,
    *,
    number: int,
    reason: str,
    expires_on: date,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Vulnerability]:
    """Live with it until a day, for a reason: leadership's to say. Then it is open again.

    Who is to mend it does not, where another of leadership can. Raises ``UsageError``:
    ``vulnerability.until``, ``vulnerability.own``.
    """
    now = clock.now()
    row = get_vulnerability(actor, number)
    if (expires_on - DueDates().day(now)).days > LONGEST_DAYS:
        raise UsageError(
            "nobody accepts it for ever", code="vulnerability.until", fix="a day within a year"
        )
    if _answers_for(actor, row, now) and another_leads(actor):
        raise UsageError(
            "who is to mend it does not accept it", code="vulnerability.own", where=f"V-{number}",
            fix="let another of the leadership group decide",
        )  # fmt: skip
    return _decide(actor, number, VulnerabilityState.ACCEPTED, reason, expires_on, version, now)


@action(Capability.MANAGE_ASSETS)
def do_call_false_positive(
    actor: Actor,
    *,
    number: int,
    reason: str,
    expires_on: date | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Vulnerability]:
    """The tool is wrong, for a reason; on request only until a day."""
    now = clock.now()
    _another_decides(actor, get_vulnerability(actor, number), now)
    return _decide(
        actor, number, VulnerabilityState.FALSE_POSITIVE, reason, expires_on, version, now
    )


def _answers_for(actor: Actor, row: Vulnerability, now: datetime) -> bool:
    """Whether it is, or lately was, this person's to mend."""
    me = person(actor)
    if me is None:
        return False
    subject = ("vulnerability", row.number)
    return row.owner_id == me.pk or owned_lately(me, subject, "assign_vulnerability", now)


def _another_decides(actor: Actor, row: Vulnerability, now: datetime) -> None:
    """Where two people are asked for: not its owner, not who wrote it down, and it has an owner."""
    me = person(actor)
    if me is None:
        return
    wrote = row.events.filter(act=VulnerabilityAct.OPENED, report=None, by=me).exists()
    if row.owner_id is None or wrote or _answers_for(actor, row, now):
        refuse_alone(
            actor, Capability.MANAGE_ASSETS, code="vulnerability.two_people",
            fix="give it an owner, and let another than the owner decide",
        )  # fmt: skip


def _tell_owner(actor: Actor, row: Vulnerability, note: str, now: datetime) -> None:
    """Whose it was to mend hears that another decided about it."""
    me = person(actor)
    if row.owner_id is None or (me is not None and me.pk == row.owner_id):
        return
    data = {
        "name": f"V-{row.number} {row.title}", "path": f"/vulnerabilities/{row.number}/",
        "reason": note[:500], "who": str(me.get_full_name() or me.username) if me else "",
        "what": {"zh": SAYS[row.state][0], "en": SAYS[row.state][1]},
    }  # fmt: skip
    key = f"vulnerability_decided:{row.number}:{row.version}"
    queue_message(
        Notice("vulnerability_decided", None, (), key, people=(row.owner_id,), data=data), now
    )


def _decide(
    actor: Actor,
    number: int,
    state: VulnerabilityState,
    reason: str,
    expires_on: date | None,
    version: int | None,
    now: datetime,
) -> Outcome[Vulnerability]:
    row = get_vulnerability(actor, number)
    reason = clean_text(reason.strip())[:5_000]
    if not reason:
        raise UsageError("say why", code="vulnerability.reason", fix="who reads it must understand")
    if expires_on is not None and expires_on <= DueDates().day(now):
        raise UsageError("this day is over", code="vulnerability.expires", fix="a day ahead")
    if row.state == state and row.reason == reason and row.expires_on == expires_on:
        return Unchanged(row)
    if row.state == VulnerabilityState.FIXED:
        raise UsageError(
            "it is fixed", code="vulnerability.fixed", where=f"V-{number}", fix="nothing is to do"
        )
    if version is not None and version != row.version:
        raise _meanwhile(row, version, {"state": state.value, "reason": reason,
                                        "expires_on": expires_on})  # fmt: skip
    row.state, row.reason, row.expires_on = state, reason, expires_on
    row.decided_by, row.decided_at = person(actor), now
    _save(row, "state", "reason", "expires_on", "decided_by", "decided_at")
    event_of(row, DECIDED[state], actor, now, note=reason).save()
    _tell_owner(actor, row, reason, now)
    payload = {"title": row.title, "until": str(expires_on or ""), "reason_sha256": sealed(reason)}
    return Done(row, ("vulnerability", number), now, payload)


@action(Capability.MANAGE_ASSETS)
def do_reopen_vulnerability(
    actor: Actor, *, number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Vulnerability]:
    """A decision is taken back, or what was fixed is not; open from today on."""
    row = get_vulnerability(actor, number)
    if row.state == VulnerabilityState.OPEN:
        return Unchanged(row)
    note = clean_text(reason.strip())
    if not note:
        raise UsageError("say why", code="vulnerability.reason", fix="a few words are enough")
    now = clock.now()
    fixed = row.state == VulnerabilityState.FIXED
    reopen(row, now, DueDates())
    row.reopened += fixed
    _save(row, *_MOVED)
    act = VulnerabilityAct.REOPENED if fixed else VulnerabilityAct.WITHDRAWN
    event_of(row, act, actor, now, note=note).save()
    return Done(row, ("vulnerability", number), now, {"title": row.title})


@action(Capability.MANAGE_ASSETS)
def do_close_vulnerability(
    actor: Actor, *, number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Vulnerability]:
    """Fixed, as a person says: how it was tested is the reason. A later report may reopen it."""
    row = get_vulnerability(actor, number)
    if row.state == VulnerabilityState.FIXED:
        return Unchanged(row)
    note = clean_text(reason.strip())
    if not note:
        raise UsageError("say how it was tested", code="vulnerability.tested", fix="a few words")
    now = clock.now()
    _another_decides(actor, row, now)
    row.state, row.fixed_at = VulnerabilityState.FIXED, now
    _save(row, "state", "fixed_at")
    event_of(row, VulnerabilityAct.FIXED, actor, now, note=note).save()
    _tell_owner(actor, row, note, now)
    payload = {"title": row.title, "by_hand": True, "reason_sha256": sealed(note)}
    return Done(row, ("vulnerability", number), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_end_decisions(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Whatever was accepted or called wrong until a day that is over is open again; how many."""
    now, due = clock.now(), DueDates()
    over = Vulnerability.objects.filter(state__in=list(DECIDED), expires_on__lt=due.day(now))
    rows = list(over.order_by("number"))
    for row in rows:
        note = row.reason
        reopen(row, now, due)
        _save(row, *_MOVED)
        event_of(row, VulnerabilityAct.EXPIRED, actor, now, note=note).save()
    if not rows:
        return Unchanged(0)
    payload = {"reopened": len(rows), "named": ", ".join(f"V-{row.number}" for row in rows)[:500]}
    return Done(len(rows), ("vulnerability", "many"), now, payload)


_MOVED = ("state", "opened_at", "fixed_at", "reason", "decided_by", "decided_at", "expires_on",
          "due", "due_by_hand", "reopened")  # fmt: skip


def _assigned(row: Vulnerability) -> Assigned:
    return Assigned(
        owner_id=row.owner_id,
        due=row.due,
        asset_number=row.asset.number if row.asset else 0,
        known_exploited=row.known_exploited,
    )


def _meanwhile(row: Vulnerability, version: int, mine: dict[str, Any]) -> EditConflict:
    theirs = {name: getattr(row, name) for name in mine}
    return EditConflict(
        "somebody changed this vulnerability meanwhile",
        where=f"V-{row.number}",
        mine={"version": version, **mine},
        theirs={"version": row.version, **theirs},
    )


def _save(row: Vulnerability, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version"])
