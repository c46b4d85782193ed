"""Leadership is asked whether the plan starts: the head, then the deputy, then the next.

Asking is part of what opens an incident, so it writes rows and the outbox only. Who does not answer
in time is passed over by the clock (``do_pass_on``); when nobody is left all are asked again, and
the message goes to the technical group too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import acknowledge, write_timeline
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import JOBS, Actor, System, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Asking,
    AskingPolicy,
    AskingState,
    Incident,
    TimelineEntry,
    TimelineKind,
    User,
)
from shangdun.records.orders import DEFAULT_MINUTES, asking_minutes, still_to_decide
from shangdun.records.organisation import chain
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

GATHERED_FROM = 3
"""So many questions to one person within ``GATHERED_WITHIN`` and further ones come as one."""
GATHERED_WITHIN = timedelta(minutes=10)
SLOWEST = 4
"""All asked in vain wait up to so many times as long from round to round."""
MOST_MINUTES = 24 * 60


def ask_leadership(incident: Incident, at: datetime) -> None:
    """Ask the first in line about the incident, inside the caller's transaction; once."""
    ask_about([incident], at)


def ask_about(incidents: Sequence[Incident], at: datetime) -> None:
    """The same for many at once: a storm of alerts asks about each, and says it in one message."""
    known = set(Asking.objects.filter(incident__in=incidents).values_list("incident_id", flat=True))
    fresh = [one for one in incidents if one.pk not in known and still_to_decide(one)]
    if not fresh:
        return
    line = chain(at)
    first = line[0] if line else None
    allowed = asking_minutes()
    asked = [_new(incident, first, 1, at, allowed) for incident in fresh]
    waiting = _lately(first, at)
    Asking.objects.bulk_create(asked)
    TimelineEntry.objects.bulk_create([_entry(one, "asked") for one in asked])
    singly = asked[: max(0, GATHERED_FROM - waiting)]
    for one in singly:
        _tell(one, at)
    if len(singly) < len(asked) and first:
        _gather(first, at)


@action(Capability.RUN_PLAYBOOKS)
def do_pass_on(
    actor: System, *, asking_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Asking | None]:
    """Who did not answer in time is passed over: the next is asked, or all again."""
    now = clock.now()
    asking = Asking.objects.select_related("incident").filter(pk=asking_id).first()
    if asking is None or asking.state != AskingState.WAITING or asking.due > now:
        return Unchanged(None)
    incident = asking.incident
    if not still_to_decide(incident):
        end_asking(incident, AskingState.DROPPED, now)
        return Unchanged(None)
    _end(asking, AskingState.PASSED_ON, now)
    following, again = _next(asking, now)
    following.save()
    what = "nobody_left" if again else "passed_on"
    data = {
        "what": what,
        "from": _name(asking.person),
        "to": _name(following.person),
        "round": following.round,
    }
    write_timeline(incident, actor, TimelineKind.ESCALATION, now, data=data)
    _tell(following, now, loudly=again)
    payload = {
        "what": what,
        "from": asking.person_id or 0,
        "to": following.person_id or 0,
        "round": following.round,
    }
    return Done(following, ("incident", incident.number), now, payload)


@action(Capability.ORDER_INCIDENTS)
def do_open_order(
    actor: User, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Incident]:
    """One of the leadership has opened the order: the report has arrived (phase 1 ends)."""
    incident = get_incident(actor, incident_id)
    now = clock.now()
    mine = incident.askings.filter(person=actor, state=AskingState.WAITING, seen=None)
    seen = mine.update(seen=now)
    taken_up = acknowledge(incident, now)
    if not seen and not taken_up:
        return Unchanged(incident)
    # Not by save_change: looking at it must not refuse the forms that others have open.
    incident.save(update_fields=["acknowledged_at"])
    write_timeline(incident, actor, TimelineKind.ORDER, now, data={"what": "opened"})
    return Done(incident, ("incident", incident.number), now, {"asked": bool(seen)})


@action(Capability.MANAGE_ORGANISATION)
def do_change_asking(
    actor: Actor,
    *,
    minutes: Sequence[int],
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AskingPolicy]:
    """How many minutes each has to answer, by grade 0 to 4."""
    del actor
    wanted = [int(one) for one in minutes]
    if len(wanted) != len(DEFAULT_MINUTES) or not all(1 <= m <= MOST_MINUTES for m in wanted):
        raise UsageError(
            "five waiting times of 1 minute to a day are needed",
            code="asking.minutes",
            fix="one for each grade, from not graded to extremely serious",
        )
    row, _made = AskingPolicy.objects.get_or_create(pk=1)
    before = asking_minutes()
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed the waiting times meanwhile",
            mine={"version": version, "minutes": wanted},
            theirs={"version": row.version, "minutes": before},
        )
    if before == wanted:
        return Unchanged(row)
    row.minutes, row.version = wanted, row.version + 1
    row.save()
    return Done(row, ("asking", 1), clock.now(), {"minutes": wanted})


def end_asking(
    incident: Incident, state: AskingState, at: datetime, by: Actor | None = None
) -> None:
    """Nobody has to answer any more; who did is marked so."""
    for asking in incident.askings.filter(state=AskingState.WAITING):
        _end(asking, state, at)
    if by and (who := person(by)):
        newest = incident.askings.filter(person=who).order_by("-pk").first()
        if newest and newest.state != AskingState.ANSWERED:
            _end(newest, AskingState.ANSWERED, at)


def _next(asking: Asking, at: datetime) -> tuple[Asking, bool]:
    """Who is asked after this one, and whether that is a new round."""
    asked = set(
        asking.incident.askings.filter(round=asking.round).values_list("person_id", flat=True)
    )
    line = chain(at)
    left = [one for one in line if one.pk not in asked]
    allowed = asking_minutes()
    if left:
        return _new(asking.incident, left[0], asking.round, at, allowed), False
    first = line[0] if line else None
    return _new(asking.incident, first, asking.round + 1, at, allowed), True


def _new(
    incident: Incident, who: User | None, number: int, at: datetime, allowed: Sequence[int]
) -> Asking:
    minutes = allowed[incident.grade] * min(number, SLOWEST)
    return Asking(
        incident=incident,
        person=who,
        round=number,
        asked=at,
        due=at + timedelta(minutes=minutes),
    )


def _end(asking: Asking, state: AskingState, at: datetime) -> None:
    asking.state, asking.ended = state, at
    asking.save(update_fields=["state", "ended"])


def _lately(who: User | None, at: datetime) -> int:
    """How many questions this person was sent just now."""
    return Asking.objects.filter(person=who, asked__gt=at - GATHERED_WITHIN).count() if who else 0


def _entry(asking: Asking, what: str) -> TimelineEntry:
    return TimelineEntry(
        incident=asking.incident,
        time=asking.asked,
        kind=TimelineKind.ESCALATION,
        data={"what": what if asking.person else "nobody", "to": _name(asking.person)},
    )


def _tell(asking: Asking, at: datetime, *, loudly: bool = False) -> None:
    """The message; with nobody in line, or all asked in vain, to both groups."""
    everybody = loudly or asking.person is None
    groups = (Group.LEADERSHIP, Group.TECHNICAL_SUPPORT) if everybody else ()
    minutes = int((asking.due - asking.asked).total_seconds() // 60)
    queue_message(
        Notice(
            kind="asked",
            incident=asking.incident,
            groups=groups,
            people=(asking.person_id,) if asking.person_id else (),
            urgency="urgent",
            data={"minutes": minutes, "advice": _advice(asking, everybody=everybody)},
            key=f"asked:{asking.incident_id}:{asking.round}:{asking.person_id or 0}",
        ),
        at,
    )


def _advice(asking: Asking, *, everybody: bool) -> dict[str, str]:
    if asking.person is None:
        return {
            "zh": "应急响应领导小组无人可决定，请立即指定负责人！",
            "en": "Nobody in the leadership group can decide: name somebody at once!",
        }
    if everybody:
        return {
            "zh": "领导小组成员均未在时限内答复，现再次逐一请示，请立即联系负责人！",
            "en": "All of the leadership were asked in vain and are asked again: reach them now!",
        }
    return {
        "zh": "打开事件的“指令”页面，建议的处置预案和各组指令已填好，确认即可下达。",
        "en": "Open the incident's Order page: playbooks and instructions are filled in.",
    }


def _gather(who: User, at: datetime) -> None:
    """One message about all that wait, at most every ten minutes."""
    span = int(GATHERED_WITHIN.total_seconds())
    bucket = int(at.timestamp()) // span
    waiting = Asking.objects.filter(person=who, state=AskingState.WAITING).count()
    queue_message(
        Notice(
            kind="orders_waiting",
            incident=None,
            groups=(),
            people=(who.pk,),
            urgency="urgent",
            data={"count": waiting},
            key=f"orders-waiting:{who.pk}:{bucket}",
        ),
        at,
    )


def _name(who: User | None) -> str:
    return who.get_full_name() or who.username if who else ""


def overdue_askings(now: datetime, size: int = 200) -> list[int]:
    """Rows whose time is over, the oldest first."""
    rows = Asking.objects.filter(state=AskingState.WAITING, due__lte=now).order_by("due")
    return list(rows.values_list("pk", flat=True)[:size])


def pass_on_all(clock: Clock) -> None:
    """Each on its own: one that fails holds up no other."""
    for asking_id in overdue_askings(clock.now()):
        do_pass_on(JOBS, asking_id=asking_id, clock=clock)
