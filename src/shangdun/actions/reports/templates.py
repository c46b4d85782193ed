"""Templates of reports: the user's to change, each text kept, none taken that has a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec
import yaml

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.reports.sections import sections
from shangdun.govern.report_template import Names, Template, read
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import read as read_markup
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import DocumentLanguage, ReportTemplate, ReportTemplateText
from shangdun.records.plan_reports import template_text
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

FACTS = frozenset({"period", "company", "today", "since", "until", "title", "number"})
"""Short texts that a template may name within a line."""


class Text(msgspec.Struct, frozen=True):
    """A title and a template."""

    title: str
    body: str


def names() -> Names:
    """The fixed list: what a template may name."""
    return Names(frozenset(sections()), FACTS)


@cache
def shipped() -> Mapping[str, Mapping[str, Text]]:
    """What came with the product: key → language → text."""
    folder = resources.files("shangdun.content") / "reports"
    languages = {"zh": "zh-hans", "en": "en"}
    found = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yml"):
            both = msgspec.convert(yaml.safe_load(file.read_text("utf-8")), dict[str, Text])
            key = file.name.removesuffix(".yml")
            found[key] = {languages[language]: text for language, text in both.items()}
    return found


def keys() -> list[str]:
    """All kinds of reports: those that came with the product, then the company's own."""
    own = ReportTemplate.objects.values_list("key", flat=True)
    return [*shipped(), *sorted(set(own) - set(shipped()))]


def current(key: str, language: str) -> tuple[Text, ReportTemplateText | None]:
    """The text that drafts are made of. Raises ``NotFound`` for an unknown report."""
    own = template_text(key, language)
    if own is not None:
        return Text(own.title, own.body), own
    found = shipped().get(key, {}).get(language)
    if found is None:
        raise NotFound(f"there is no report {key} in {language}", fix="see the templates")
    return found, None


def checked(body: str) -> Template:
    """Raises ``UsageError`` (``template.…``, ``paper.…``) with the line and what helps."""
    template = read(body, names())
    try:
        read_markup(template.fill(dict.fromkeys(names().sections | FACTS, ""), _all_there()))
    except PaperError as error:
        raise UsageError(
            error.message, code=error.code, where=error.where, fix=error.fix
        ) from error
    return template


def _all_there() -> dict[str, bool]:
    return dict.fromkeys(sections(), True)


@action(Capability.MANAGE_REPORTS)
def do_save_template(
    actor: Actor,
    text: Text,
    *,
    key: str,
    language: str,
    note: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ReportTemplateText]:
    """The next text of a template; reports drafted before stay as they were.

    ``version`` is the number of the text that was changed, 0 for the one that came with the
    product.
    """
    if language not in DocumentLanguage.values:
        raise UsageError("no such language", code="template.language", fix="zh-hans or en")
    text = _clean(text)
    checked(text.body)
    before = template_text(key, language)
    seen = before.number if before else 0
    if before is not None and (before.title, before.body) == (text.title, text.body):
        return Unchanged(before)
    if version is not None and version != seen:
        standing = current(key, language)[0]
        raise EditConflict(
            "somebody changed this template meanwhile",
            where=f"{key} ({language})",
            mine={"version": version, "title": text.title, "body": text.body},
            theirs={"version": seen, "title": standing.title, "body": standing.body},
        )
    if before is None and key not in shipped():
        raise NotFound(f"there is no report {key}", fix="see the templates")
    now = clock.now()
    row, _made = ReportTemplate.objects.get_or_create(
        key=key, language=language, defaults={"title": text.title}
    )
    row.title, row.number, row.version = text.title, seen + 1, row.version + 1
    row.save()
    fresh = ReportTemplateText.objects.create(
        template=row, number=row.number, title=text.title, body=text.body,
        note=clean_text(note.strip())[:300], by=person(actor), at=now,
    )  # fmt: skip
    payload = {"language": language, "number": fresh.number, "text_sha256": sealed(text.body)}
    return Done(fresh, ("report_template", key), now, payload)


def _clean(text: Text) -> Text:
    title = " ".join(clean_text(text.title).split())
    if not title or len(title) > 120:
        raise UsageError("it needs a title", code="template.title", fix="1 to 120 characters")
    return Text(title, clean_text(text.body).strip("\n") + "\n")
