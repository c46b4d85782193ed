"""Drafting a report from the records into a controlled document."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.changes import text_sha256
from shangdun.actions.documents.write import NewDocument, begin_document, untaken
from shangdun.actions.reports.agenda import current_programme
from shangdun.actions.reports.sections import Asked, filled, has, plain
from shangdun.actions.reports.templates import FACTS, checked, current
from shangdun.govern.report_template import Template
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.documents import company
from shangdun.records.messages import console_zone
from shangdun.records.models import ControlledKind, DocumentVersion, ReportRun
from shangdun.records.plan_reports import get_run
from shangdun.records.roles import Capability


@action(Capability.MANAGE_REPORTS, Capability.RUN_PLAYBOOKS)
def do_draft_report(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DocumentVersion]:
    """Draft a report once; from then on its document is edited, reviewed and approved.

    Raises ``UsageError``: ``report.early`` while its period still runs, ``template.…`` where the
    template names what is no longer there.
    """
    run = get_run(actor, number)
    if run.document is not None:
        return Unchanged(run.document.versions.order_by("-number")[0])
    now = clock.now()
    if run.until >= now.astimezone(console_zone()).date():
        raise UsageError(
            "its period is not over", code="report.early", where=run.until.isoformat(),
            fix="draft it when the period is over",
        )  # fmt: skip
    text, own = current(run.kind, run.language)
    asked = asked_for(run, now)
    wanted = NewDocument(
        kind=ControlledKind.REPORT.value,
        title=untaken(run.title, run.language, run.number),
        language=run.language,
        body=written(checked(text.body), asked, title=run.title, number=run.number),
        review_months=0,
    )
    draft = begin_document(actor, wanted, now)
    run.document, run.template_text, run.drafted_at = draft.document, own, now
    run.version += 1
    run.save()
    payload = {"document": draft.document.number, "text_sha256": text_sha256(draft)}
    return Done(draft, ("plan_report", number), now, payload)


def asked_for(run: ReportRun, now: datetime) -> Asked:
    """What its sections are asked."""
    return Asked(
        since=run.since,
        until=run.until,
        now=now,
        language=run.language,
        programme=run.programme or current_programme(),
        zone=console_zone(),
    )


def written(template: Template, asked: Asked, *, title: str, number: int = 0) -> str:
    """The template filled for a period: only the sections that it names are asked."""
    needed = template.names()
    told = _facts(asked, title, number)
    values = {name: told[name] if name in FACTS else filled(name, asked) for name in needed}
    return template.fill(values, {name: has(name, asked) for name in needed - FACTS})


def _facts(asked: Asked, title: str, number: int) -> dict[str, str]:
    known = company()
    names = (known.name_zh, known.name_en)
    first, second = names if asked.language == "zh-hans" else names[::-1]
    return {
        "period": period_told(asked.since, asked.until, asked.language),
        "company": plain(first or second),
        "today": asked.today.isoformat(),
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "title": plain(title, 200),
        "number": str(number),
    }


def period_told(since: date, until: date, language: str) -> str:
    """A span of days in words."""
    with override(language):
        span = {"since": since.isoformat(), "until": until.isoformat()}
        return _("%(since)s to %(until)s") % span
