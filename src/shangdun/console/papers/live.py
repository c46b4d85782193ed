"""What fills a document from the records: organisation, contacts, laws, playbooks, supplies.

A slot shows how things stand when the document is looked at, and says so: a plan whose contact
list is last year's helps nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shangdun.console.papers.laws import clock_table, grading_tables
from shangdun.console.papers.saying import name_of
from shangdun.papers.blocks import Block, Callout, Heading, Language, Table, Text
from shangdun.records.actor import Actor
from shangdun.records.documents import visible_versions
from shangdun.records.models import Document, DocumentState, PlanGroup, Post, Supply, User
from shangdun.records.organisation import contacts, visible_posts
from shangdun.records.playbooks import newest, visible_playbooks
from shangdun.records.roles import Capability
from shangdun.records.supplies import visible_supplies

MOST_ROWS = 500


class Asked(NamedTuple):
    """Who looks at which document, when, in which language."""

    actor: Actor
    document: Document
    language: Language
    now: datetime


def filled(asked: Asked, names: Iterable[str]) -> dict[str, tuple[Block, ...]]:
    """Each slot's blocks; what the reader may not see says so instead."""
    return {name: _FILLINGS[name](asked) for name in dict.fromkeys(names) if name in _FILLINGS}


def _as_of(asked: Asked) -> Text:
    day = date_format(localtime(asked.now), "Y-m-d H:i")
    return Text(_("As of %(moment)s.") % {"moment": day}, quiet=True)


def _withheld() -> tuple[Block, ...]:
    return (Text(_("Shown to those who may see it."), quiet=True),)


def _organisation(asked: Asked) -> tuple[Block, ...]:
    if not asked.actor.can(Capability.VIEW_ORGANISATION):
        return _withheld()
    posts = list(visible_posts(asked.actor))
    if not posts:
        return (Callout(_("The posts are not filled yet."), tone="warning"),)
    blocks: list[Block] = []
    for group in PlanGroup:
        rows = [_post_row(post, asked.language) for post in posts if post.group == group.value]
        if rows:
            blocks.append(Heading(str(group.label), 3))
            columns = (_("Post"), pgettext("post", "Holder"), _("Deputies"), _("Duties"))
            blocks.append(Table(columns, tuple(rows), widths=(24, 14, 18, 44)))
    return (*blocks, _as_of(asked))


def _post_row(post: Post, language: Language) -> tuple[str, ...]:
    names = (post.name_zh, post.name_en)
    duties = (post.duties_zh, post.duties_en)
    own, other = (0, 1) if language == "zh-hans" else (1, 0)
    deputies = [name_of(deputy.person) for deputy in post.deputies.all()]
    return (
        names[own] or names[other],
        name_of(post.primary) or _("vacant"),
        _(", ").join(deputies) or "—",
        duties[own] or duties[other],
    )


def _contacts(asked: Asked) -> tuple[Block, ...]:
    if not asked.actor.can(Capability.VIEW_ORGANISATION):
        return _withheld()
    seats: dict[User, list[str]] = {}
    for post in visible_posts(asked.actor):
        own = post.name_zh if asked.language == "zh-hans" else post.name_en
        title = f"{PlanGroup(post.group).label}: {own or post.name_zh or post.name_en}"
        holders = [post.primary, *(deputy.person for deputy in post.deputies.all())]
        for person in holders:
            if person is not None and person.is_active:
                seats.setdefault(person, []).append(title)
    if not seats:
        return (Callout(_("Nobody holds a post yet."), tone="warning"),)
    rows = tuple(
        (name_of(person), "\n".join(titles), _reached(person)) for person, titles in seats.items()
    )
    table = Table(
        (
            _("Name"),
            _("Post"),
            _("How to reach"),
        ),
        rows,
        widths=(20, 42, 38),
    )
    return (table, _as_of(asked))


def _reached(person: User) -> str:
    ways = [f"{way.kind.label}: {way.value}" for way in contacts(person)]
    return "\n".join(ways) or _("not entered")


def _playbooks(asked: Asked) -> tuple[Block, ...]:
    if not asked.actor.can(Capability.VIEW_PLAYBOOKS):
        return _withheld()
    rows = list(visible_playbooks(asked.actor).filter(enabled=True).order_by("title_en"))
    if not rows:
        return (Callout(_("No playbook is in use yet."), tone="warning"),)
    current = newest(rows)
    table = Table(
        (_("Playbook"), _("Steps"), _("Version")),
        tuple(
            (
                book.title_zh if asked.language == "zh-hans" else book.title_en,
                str(book.steps),
                str(version.number),
            )
            for book, version in zip(rows, current, strict=True)
        ),
        widths=(70, 15, 15),
        right=(1, 2),
    )
    return (table, _as_of(asked))


def _supplies(asked: Asked) -> tuple[Block, ...]:
    if not asked.actor.can(Capability.VIEW_SUPPLIES):
        return _withheld()
    rows = list(visible_supplies(asked.actor).order_by("kind", "name")[:MOST_ROWS])
    if not rows:
        return (Callout(_("The inventory is empty."), tone="warning"),)
    columns = (
        _("Name"), _("Kind"), _("Quantity"), _("Place"), _("Keeper"), _("Contact"), _("Expiry"),
        _("Last check"),
    )  # fmt: skip
    table = Table(
        columns, tuple(map(_supply_row, rows)), widths=(20, 8, 8, 12, 9, 15, 14, 14), right=(2,)
    )
    return (table, _as_of(asked))


def _supply_row(supply: Supply) -> tuple[str, ...]:
    return (
        supply.name,
        str(supply.get_kind_display()),
        f"{supply.quantity} {supply.unit}".strip(),
        supply.place,
        supply.keeper,
        supply.contact,
        f"{supply.expires_on:%Y-%m-%d}" if supply.expires_on else "",
        f"{localtime(supply.checked_at):%Y-%m-%d}" if supply.checked_at else "",
    )


def _history(asked: Asked) -> tuple[Block, ...]:
    shown = (DocumentState.PUBLISHED, DocumentState.SUPERSEDED)
    versions = visible_versions(asked.actor, asked.document).filter(state__in=shown)
    rows = tuple(
        (
            str(version.number),
            f"{localtime(version.published_at):%Y-%m-%d}" if version.published_at else "",
            version.changes or (_("First version") if version.number == 1 else ""),
            name_of(version.author),
            name_of(version.reviewer),
            name_of(version.approver),
        )
        for version in versions.order_by("number")
    )
    if not rows:
        return (Text(_("No version was published yet."), quiet=True),)
    columns = (
        _("Version"),
        pgettext("document", "Published"),
        _("What changed"),
        pgettext("document", "Author"),
        pgettext("document", "Reviewer"),
        pgettext("document", "Approver"),
    )
    return (Table(columns, rows, widths=(9, 14, 38, 13, 13, 13)),)


def _nothing(asked: Asked) -> tuple[Block, ...]:
    del asked
    return ()


_FILLINGS: dict[str, Callable[[Asked], tuple[Block, ...]]] = {
    "organisation": _organisation,
    "contacts": _contacts,
    "grades": lambda asked: grading_tables(asked.language, asked.now),
    "clocks": lambda asked: clock_table(asked.language, asked.now),
    "playbooks": _playbooks,
    "supplies": _supplies,
    "drills": _nothing,
    "history": _history,
}
"""As ``actions.documents.changes.SLOTS`` names them."""
