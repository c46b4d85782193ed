"""The post-incident report (事后报告) as a document to hand in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shangdun.console.incidents import title_of
from shangdun.console.papers.saying import day_of, moment_of, name_of
from shangdun.console.response.grades import GRADE_WORDS
from shangdun.console.response.room import phases_of
from shangdun.console.story import story_of
from shangdun.console.wordings.cleanup import point_words
from shangdun.console.wordings.review import LOSS_WORDS, SECTION_WORDS
from shangdun.papers.blocks import (
    Block,
    Callout,
    Heading,
    Language,
    Paper,
    Signature,
    Signatures,
    Table,
    Text,
)
from shangdun.records.models import CleanupItem, Incident, ItemState, Review, ReviewState
from shangdun.records.reviews import losses_of, written
from shangdun.respond.review.loss import totals
from shangdun.respond.review.sections import WRITERS, Section

TIMELINE_SHOWN = 300


def review_paper(review: Review) -> Paper:
    """The report in the page's language, with the timeline as its appendix."""
    incident = review.incident
    language: Language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return Paper(
        title=_("Post-incident report"),
        subtitle=title_of(incident),
        language=language,
        marking=_("DRILL") if incident.is_drill else _("Confidential"),
        meta=tuple(_meta(review)),
        blocks=tuple(_blocks(review)),
        date=day_of(review.signed_at or timezone.now()),
        contents=True,
        cover=True,
    )


def _meta(review: Review) -> Iterator[tuple[str, str]]:
    incident = review.incident
    yield _("Incident"), f"#{incident.number}"
    yield _("Type"), incident.get_type_display()
    yield _("Grade"), str(GRADE_WORDS[incident.grade])
    yield _("Began"), _at(incident.occurred_at)
    yield _("Reported"), _at(incident.reported_at)
    if incident.closed_at:
        yield _("Closed"), _at(incident.closed_at)
    yield _("State of this report"), review.get_state_display()


def _blocks(review: Review) -> Iterator[Block]:
    incident = review.incident
    texts = written(review)
    if review.state != ReviewState.SIGNED:
        yield Callout(_("This report is not signed yet."), tone="warning")
    for section in WRITERS:
        yield Heading(str(SECTION_WORDS[section]))
        text = texts.get(section, "").strip()
        for paragraph in text.split("\n\n") if text else ():
            yield Text(paragraph.strip())
        if not text and not _speaks_by_itself(section, incident):
            yield Text(_("Not written."), quiet=True)
        if section is Section.COURSE:
            yield from _phases(incident)
        elif section is Section.LOSS:
            yield from _losses(incident)
        elif section is Section.IMPROVEMENTS:
            yield from _improvements(incident)
    yield from _cleanup(incident)
    yield from _signed(review)
    yield from _timeline(incident)


def _speaks_by_itself(section: Section, incident: Incident) -> bool:
    """Whether a table stands where nobody wrote: it says enough."""
    if section is Section.LOSS:
        return bool(losses_of(incident))
    return section is Section.IMPROVEMENTS and incident.improvements.exists()


def _phases(incident: Incident) -> Iterator[Block]:
    rows = tuple(
        (str(phase.label), _at(phase.began), _at(phase.ended)) for phase in phases_of(incident)
    )
    yield Table((_("Phase"), _("Began"), _("Ended")), rows, caption=_("The six phases"))


def _losses(incident: Incident) -> Iterator[Block]:
    losses = losses_of(incident)
    if not losses:
        return
    rows = [
        (
            str(LOSS_WORDS[loss.kind]),
            _("direct") if loss.direct else _("indirect"),
            _range(loss.low, loss.high),
            loss.currency,
            loss.basis,
        )
        for loss in losses
    ]
    for total in totals(losses):
        direct = _range(total.direct_low, total.direct_high)
        note = _("of which direct: %(amount)s") % {"amount": direct}
        rows.append((_("Total"), "", _range(total.low, total.high), total.currency, note))
    columns = (
        _("Kind"),
        pgettext("loss", "Directness"),
        _("Amount"),
        _("Currency"),
        _("How it was reckoned"),
    )
    yield Table(columns, tuple(rows), right=(2,), widths=(3, 2, 3, 2, 5))


def _improvements(incident: Incident) -> Iterator[Block]:
    rows = tuple(
        (
            f"#{one.number} {one.title}",
            one.get_group_display(),
            name_of(one.owner, "—"),
            one.due.isoformat(),
            one.retest,
            one.get_state_display(),
        )
        for one in incident.improvements.select_related("owner").order_by("number")
    )
    if rows:
        columns = (
            _("What is to be done"), _("Group"), _("Owner"), _("Due"), _("Retest"), _("State"),
        )  # fmt: skip
        yield Table(columns, rows, widths=(5, 3, 2, 3, 4, 2))


def _cleanup(incident: Incident) -> Iterator[Block]:
    items = list(incident.cleanup_items.select_related("by"))
    if not items:
        return
    yield Heading(_("Proof of the cleanup"))
    rows = tuple(
        (
            point_words(item.key).title,
            item.get_state_display(),
            _shown_by(item),
            _at(item.at),
            item.note,
        )
        for item in items
    )
    columns = (_("Point"), _("State"), _("Shown by"), _("When"), _("Note"))
    yield Table(columns, rows, widths=(4, 2, 2, 3, 5))


def _shown_by(item: CleanupItem) -> str:
    if item.by:
        return name_of(item.by)
    return _("measured") if item.state == ItemState.SHOWN else "—"


def _signed(review: Review) -> Iterator[Block]:
    yield Heading(_("Signatures"))
    lines = (
        Signature(_("Submitted by"), name_of(review.submitted_by), moment_of(review.submitted_at)),
        Signature(_("Leadership group"), name_of(review.signed_by), moment_of(review.signed_at)),
    )
    yield Signatures(lines)
    if review.signed_sha256:
        told = _("Seal of the signed contents (SHA-256), kept in the ledger: %(seal)s")
        yield Text(told % {"seal": review.signed_sha256}, quiet=True)


def _timeline(incident: Incident) -> Iterator[Block]:
    entries = story_of(incident, most=TIMELINE_SHOWN)
    total = incident.timeline.count()
    yield Heading(_("Appendix: timeline"))
    if total > len(entries):
        told = _("The newest %(shown)d of %(total)d entries; all of them are in ShangDun.")
        yield Text(told % {"shown": len(entries), "total": total}, quiet=True)
    rows = tuple(
        (
            _at(told.entry.time),
            told.actor or _("ShangDun"),
            f"{told.sentence}\n{told.entry.text}" if told.entry.text else told.sentence,
        )
        for told in reversed(entries)
    )
    yield Table((_("When"), _("Who"), _("What")), rows, widths=(3, 2, 7))


def _range(low: Decimal, high: Decimal) -> str:
    first = number_format(low, 2, force_grouping=True)
    last = number_format(high, 2, force_grouping=True)
    return first if first == last else f"{first} – {last}"


def _at(moment: datetime | None) -> str:
    return moment_of(moment, "—")
