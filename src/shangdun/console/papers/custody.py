"""The chain-of-custody form (证据保管链登记表) of an item, for signatures on paper."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.console.incidents import title_of, told
from shangdun.console.response.evidence import chain_of, mark_of
from shangdun.papers.blocks import (
    Callout,
    Facts,
    Heading,
    Paper,
    Signature,
    Signatures,
    Table,
    Text,
)
from shangdun.records.models import Evidence


def custody_paper(item: Evidence) -> Paper:
    """What the item is, everybody through whose hands it went, and lines to sign."""
    told([item.incident])
    steps, broken = chain_of(item)
    rows = tuple(
        (
            str(step.entry.number),
            _exact(step.entry.at),
            step.what,
            step.who or "ShangDun",
            step.entry.to,
            step.text,
            step.entry.hash[:16],
        )
        for step in steps
    )
    blocks = (
        Heading(_("The item")),
        Facts(_facts(item)),
        *(
            (Callout(_("The chain is broken at link %(n)d.") % {"n": broken}, tone="danger"),)
            if broken is not None
            else ()
        ),
        Heading(_("Chain of custody")),
        Table(
            (_("No."), _("When"), _("What"), _("Who"), _("To"), _("Why, note"), _("Seal")),
            rows,
            widths=(5, 15, 13, 12, 12, 28, 15),
        ),
        Text(
            _("Each seal is the beginning of a SHA-256 over the entry and the seal before it."),
            quiet=True,
        ),
        Heading(_("Handing over")),
        Signatures(
            (
                Signature(_("Handed over by")),
                Signature(_("Received by")),
                Signature(_("Witness")),
            )
        ),
    )
    return Paper(
        title=_("Chain of custody"),
        subtitle=f"{item.label} · #{item.incident.number} {title_of(item.incident)}",
        language="en" if get_language() == "en" else "zh-hans",
        marking=_("DRILL") if item.incident.is_drill else "",
        blocks=blocks,
        date=f"{timezone.localdate():%Y-%m-%d}",
    )


def _exact(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


def _facts(item: Evidence) -> tuple[tuple[str, str], ...]:
    flags = _(", ").join(str(mark_of(flag).label) for flag in item.flags)
    rows = [
        (_("Label"), item.label),
        (_("Name"), item.name),
        (_("Name as it was given"), item.original_name if item.original_name != item.name else ""),
        (_("Size"), _("%(n)s bytes") % {"n": item.size}),
        (_("SHA-256"), item.sha256),
        (_("Type by content"), item.media_type),
        (_("Flags"), flags),
        (_("Where it came from"), f"{item.get_source_display()} {item.origin}".strip()),
        (_("Collected"), _exact(item.added_at)),
        (_("Note"), item.note),
    ]
    return tuple((label, value) for label, value in rows if value)
