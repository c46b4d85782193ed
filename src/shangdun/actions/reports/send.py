"""Sending an approved report to its readers, and keeping the proof."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.documents import published_version
from shangdun.records.messages import console_zone
from shangdun.records.models import DocumentVersion, Message, ReportRun, ReportSending
from shangdun.records.plan_reports import get_run
from shangdun.records.rhythms import groups_in, invited_by
from shangdun.records.roles import Capability


@action(Capability.MANAGE_REPORTS, Capability.RUN_PLAYBOOKS)
def do_send_report(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ReportSending]:
    """Send the text in force to the readers as they are now; the same text goes out once.

    Raises ``UsageError``: ``report.unpublished`` while no approved text is in force,
    ``report.nobody`` where nobody is to receive it.
    """
    run = get_run(actor, number)
    text = published_version(run.document) if run.document else None
    if text is None:
        raise UsageError(
            "no approved text is in force", code="report.unpublished",
            fix="have it reviewed, approved and published first",
        )  # fmt: skip
    same = run.sendings.filter(text=text).first()
    if same is not None:
        return Unchanged(same)
    people = sorted(invited_by(run.rhythm))
    if not people:
        raise UsageError(
            "it has no readers", code="report.nobody", fix="say who receives it, in what recurs"
        )
    now = clock.now()
    message = _tell(run, text, people, now)
    sending = ReportSending.objects.create(
        run=run, text=text, message=message, groups=list(run.rhythm.groups), people=people,
        at=now, by=person(actor),
    )  # fmt: skip
    today = now.astimezone(console_zone()).date()
    if run.sent_at is None:
        run.sent_at = now
        run.missed_at = run.missed_at or (now if today > run.last else None)
    run.version += 1
    run.save()
    payload = {
        "version": text.number,
        "text_sha256": text.sha256,
        "people": len(people),
        "late": today > run.last,
        "message": message.pk,
    }
    return Done(sending, ("plan_report", number), now, payload)


def _tell(run: ReportRun, text: DocumentVersion, people: list[int], at: datetime) -> Message:
    data = {
        "path": f"/plan-reports/{run.number}/",
        "title": run.title,
        "since": run.since.isoformat(),
        "until": run.until.isoformat(),
        "version": text.number,
        "sha256": text.sha256,
    }
    key = f"plan_report_sent:{run.pk}:{text.pk}"
    groups = groups_in(run.rhythm.groups)
    return queue_message(
        Notice("plan_report_sent", None, groups, key, people=tuple(people), data=data), at
    )
