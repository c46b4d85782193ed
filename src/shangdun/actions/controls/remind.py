"""Reminding of measures: one that fails, one whose check is owed."""

from __future__ import annotations

from typing import Literal

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.govern.controls.catalogue import measures
from shangdun.govern.controls.standing import ControlState
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.controls import Stands, stands
from shangdun.records.models import Control
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

What = Literal["failing", "overdue", "unknown"]
TOLD: dict[ControlState, What] = {
    ControlState.FAILING: "failing",
    ControlState.OVERDUE: "overdue",
    ControlState.UNKNOWN: "unknown",
}


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_control(
    actor: Actor, *, control_id: int, what: What, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Control]:
    """Tell the measure's owner, or its group while nobody is named; the same is told once."""
    del actor
    row = Control.objects.select_related("owner").get(pk=control_id)
    now = clock.now()
    stand = stands([row], now)[0]
    mark = reminder_mark(stand, what)
    if row.reminded == mark:
        return Unchanged(row)
    row.reminded = mark
    row.save(update_fields=["reminded"])
    says = stand.result.says if stand.result and what != "overdue" else {}
    fix = stand.result.fix if stand.result and what != "overdue" else {}
    queue_message(
        Notice(
            kind=f"control_{what}",
            incident=None,
            groups=() if row.owner_id else (Group(row.group),),
            people=(row.owner_id,) if row.owner_id else (),
            key=f"control:{row.pk}:{mark}",
            data={
                "measure": title_words(row),
                "says": says or "",
                "fix": fix or "",
                "due": stand.standing.due_on.isoformat(),
                "path": f"/controls/{row.key}/",
            },
        ),
        now,
    )
    return Done(row, ("control", row.key), now, {"what": what, "mark": mark})


def reminder_mark(stand: Stands, what: What) -> str:
    """What a reminder is of: the same row of failures, the same period that is owed."""
    since = stand.standing.failing_since if what == "failing" else stand.standing.due_on
    if what == "unknown" and stand.standing.last:
        since = stand.standing.last.day.replace(day=1)  # of what cannot be told: once a month
    return f"{what}:{since}"


def what_of(stand: Stands) -> What | None:
    """What its owner is to be told of it now; None: nothing."""
    return TOLD.get(stand.state)


def title_words(row: Control) -> dict[str, str]:
    """The measure's title in both languages; of the company's own as it was written."""
    shipped = measures().get(row.key)
    return dict(shipped.title) if shipped else {"zh": row.title, "en": row.title}
