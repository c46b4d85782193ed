"""What waits for what: drawing links and taking them out."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.schedule.editing import checked, open_programme, open_task
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.schedule.activity import LinkKind
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import PlanLink, PlanTask
from shangdun.records.roles import Capability

FARTHEST = 1_000
MOST = 40_000
"""Links of one programme."""


@action(Capability.MANAGE_PROGRAMMES)
def do_link_tasks(
    actor: Actor,
    *,
    before_id: int,
    after_id: int,
    kind: LinkKind = LinkKind.FS,
    lag: int = 0,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlanLink]:
    """Let a task wait for another; a link between the same two is changed.

    Raises ``CycleError`` (``schedule.cycle``) naming the circle, ``UsageError``
    (``schedule.other``, ``schedule.lag``, ``schedule.summary_end``, ``schedule.many``).
    """
    before, after = open_task(actor, before_id), open_task(actor, after_id)
    check_link(before, after, lag)
    programme = checked(before.programme)
    same = PlanLink.objects.filter(before=before, after=after).first()
    if same is not None and (same.kind, same.lag) == (kind.value, lag):
        return Unchanged(same)
    if same is None and PlanLink.objects.filter(programme=programme).count() >= MOST:
        raise UsageError("too many links", code="schedule.many", fix=f"at most {MOST}")
    link, _made = PlanLink.objects.update_or_create(
        programme=programme, before=before, after=after, defaults={"kind": kind.value, "lag": lag}
    )
    now = clock.now()
    reschedule(programme, now)
    payload = {
        "programme": programme.number, "before": before.code, "after": after.code,
        "kind": kind.value, "lag": lag,
    }  # fmt: skip
    return Done(link, ("plan_task", after.pk), now, payload)


def check_link(before: PlanTask, after: PlanTask, lag: int) -> None:
    """Raises ``UsageError`` for what no link can be; circles are found by reckoning."""
    if before.programme_id != after.programme_id:
        raise UsageError(
            "the two are of different programmes",
            code="schedule.other",
            where=f"{before} → {after}",
            fix="link tasks of one programme",
        )
    if not -FARTHEST <= lag <= FARTHEST:
        raise UsageError(
            "so long a wait is no plan", code="schedule.lag", fix=f"-{FARTHEST} to {FARTHEST}"
        )


@action(Capability.MANAGE_PROGRAMMES)
def do_unlink_tasks(
    actor: Actor, *, number: int, before_id: int, after_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[bool]:
    """Take the link between two tasks out; whether there was one."""
    programme = open_programme(actor, number)
    links = PlanLink.objects.filter(programme=programme, before_id=before_id, after_id=after_id)
    link = links.select_related("before", "after").first()
    if link is None:
        return Unchanged(result=False)
    payload = {
        "programme": programme.number, "before": link.before.code, "after": link.after.code,
        "kind": link.kind, "lag": link.lag,
    }  # fmt: skip
    link.delete()
    now = clock.now()
    reschedule(programme, now)
    return Done(result=True, subject=("plan_task", after_id), at=now, payload=payload)
