"""The knowledge base as it is read: pages, searching, links both ways, what lies beside a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from shangdun.govern.knowledge.links import fold
from shangdun.govern.knowledge.searching import Piece, excerpt, folded, parts
from shangdun.kernel.errors import NotFound
from shangdun.records.access import get_incident_by_number, require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    KnowledgeLink,
    KnowledgePage,
    KnowledgePin,
    KnowledgeVersion,
    PinnedTo,
)
from shangdun.records.programmes import get_task as get_plan_task
from shangdun.records.roles import Capability
from shangdun.records.tasks import get_task

MOST_HITS = 200


def visible_pages(actor: Actor, *, archived: bool = False) -> QuerySet[KnowledgePage]:
    """All pages, the latest changed first."""
    require(actor, Capability.READ_KNOWLEDGE)
    rows = KnowledgePage.objects.filter(archived_at__isnull=not archived)
    return rows.select_related("edited_by").defer("words")


def get_page(actor: Actor, number: int) -> KnowledgePage:
    """One page, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.READ_KNOWLEDGE)
    rows = KnowledgePage.objects.select_related("edited_by").defer("words")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no page {number}", fix="search for it")
    return found


def get_version(actor: Actor, number: int, version: int) -> KnowledgeVersion:
    """A page as it was once. Raises ``NotFound``."""
    page = get_page(actor, number)
    found = page.versions.select_related("by").filter(number=version).first()
    if found is None:
        raise NotFound(f"page {number} has no version {version}", fix="see its versions")
    return found


def words_of(title: str, tags: Iterable[str], body: str) -> str:
    """What searching reads of a page."""
    return folded("\n".join((title, " ".join(tags), body)))


class Hit(NamedTuple):
    """A page that fits, and the place where it does."""

    page: KnowledgePage
    pieces: list[Piece]


def search(actor: Actor, question: str, *, tag: str = "") -> tuple[list[Hit], int]:
    """The pages that hold every part of the question, and how many there are.

    Those with it in the title come first, then the latest changed. ``tag`` keeps pages of one kind.
    """
    wanted = parts(question)
    rows = visible_pages(actor)
    if tag:
        rows = tagged(rows, tag)
    for part in wanted:
        rows = rows.filter(words__contains=part)
    count = rows.count()
    in_title = Q()
    for part in wanted:
        in_title &= Q(folded__contains=fold(part))
    first = list(rows.filter(in_title)[:MOST_HITS]) if wanted else []
    rest = rows.exclude(pk__in=[row.pk for row in first])[: MOST_HITS - len(first)]
    return [Hit(row, excerpt(row.body, wanted)) for row in [*first, *rest]], count


def tagged(rows: QuerySet[KnowledgePage], tag: str) -> QuerySet[KnowledgePage]:
    """Pages with a tag. Tags are words without quotes: as JSON text they stand between them."""
    return rows.filter(tags__icontains=f'"{tag}"')


def tags_in_use(actor: Actor) -> list[tuple[str, int]]:
    """Every tag with the number of its pages, the commonest first."""
    counts: dict[str, int] = {}
    for tags in visible_pages(actor).values_list("tags", flat=True):
        for tag in tags:
            counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def numbers_of(titles: Collection[str]) -> dict[str, int]:
    """Folded title → number, of those of them that are pages."""
    rows = KnowledgePage.objects.filter(archived_at=None, folded__in=list(titles))
    return dict(rows.values_list("folded", "number"))


def linked_from(actor: Actor, page: KnowledgePage) -> QuerySet[KnowledgePage]:
    """The pages whose text links here."""
    pages = KnowledgeLink.objects.filter(folded=page.folded).values("page")
    return visible_pages(actor).filter(pk__in=pages).exclude(pk=page.pk)


def wanted_pages(actor: Actor) -> list[tuple[str, int]]:
    """Titles that pages link to and nobody has written, the most wanted first."""
    require(actor, Capability.READ_KNOWLEDGE)
    there = KnowledgePage.objects.filter(archived_at=None).values("folded")
    rows = KnowledgeLink.objects.filter(page__archived_at=None).exclude(folded__in=there)
    counted = rows.values("folded").annotate(n=Count("id")).order_by("-n", "folded")[:20]
    return [(row["folded"], row["n"]) for row in counted]


class Beside(NamedTuple):
    """What lies beside an incident or a task."""

    pinned: list[KnowledgePage]
    offered: list[KnowledgePage]


def beside(actor: Actor, kind: PinnedTo, subject: int, tags: Sequence[str]) -> Beside:
    """The pages that somebody put there, and those that its kind suggests."""
    if not actor.can(Capability.READ_KNOWLEDGE):
        return Beside([], [])
    pins = KnowledgePin.objects.filter(kind=kind, subject=subject, page__archived_at=None)
    pinned = [pin.page for pin in pins.select_related("page")]
    chosen = Q()
    for tag in tags:
        chosen |= Q(tags__icontains=f'"{tag}"')
    if not chosen:
        return Beside(pinned, [])
    offered = visible_pages(actor).filter(chosen).exclude(pk__in=[page.pk for page in pinned])
    return Beside(pinned, list(offered.defer("body", "words")[:5]))


def check_subject(actor: Actor, kind: PinnedTo, subject: int) -> None:
    """Raise ``NotFound`` unless the actor may see what a page is to lie beside."""
    if kind is PinnedTo.INCIDENT:
        get_incident_by_number(actor, subject)
    elif kind is PinnedTo.TASK:
        get_task(actor, subject)
    else:
        get_plan_task(actor, subject)


def pinned_to(actor: Actor, page: KnowledgePage) -> QuerySet[KnowledgePin]:
    """Where a page lies, for who may see incidents."""
    if not actor.can(Capability.VIEW_INCIDENTS):
        return KnowledgePin.objects.none()
    return page.pins.filter(kind=PinnedTo.INCIDENT).order_by("-at")
