"""What leadership decides by: the grade and its votes, whom it was asked of, what was ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.console.response.facts import fact_lines, value_words
from shangdun.console.wordings.facts import FIELDS
from shangdun.records.facts import facts_of
from shangdun.records.models import (
    Asking,
    AskingState,
    GradeChange,
    Incident,
    Order,
    PlaybookVersion,
    Ruling,
    User,
)
from shangdun.records.orders import still_to_decide, visible_askings, visible_orders
from shangdun.records.playbooks import playbooks_for
from shangdun.records.roles import Capability
from shangdun.respond.classify import Type
from shangdun.respond.grading import Answer, Certainty, Grading, Law, Vote, grade
from shangdun.respond.grading.data import Category, grading_data
from shangdun.respond.instructions import instructions
from shangdun.respond.recommended import recommended
from shangdun.respond.state import State


@dataclass(frozen=True)
class VoteLine:
    """How one criterion voted, in words."""

    criterion: str
    law: str
    source: str
    said: str
    more: str
    grade: int
    answer: str
    confirm: bool
    """It is to be confirmed by counsel."""
    deciding: bool


@dataclass(frozen=True)
class GradeShown:
    """The grade that holds, the reckoned one, and why."""

    held: int
    computed: int
    overridden: bool
    change: GradeChange | None
    number: int
    votes: list[VoteLine]
    could_rise: list[Promise | str]
    confirmed: bool
    categories: list[str]

    @property
    def deciding(self) -> list[VoteLine]:
        return [vote for vote in self.votes if vote.deciding]


def english() -> bool:
    """Whether the page is in English."""
    return (get_language() or "").startswith("en")


def order_context(user: User, incident: Incident) -> dict[str, Any]:
    """Everything of the page but its forms."""
    orders = list(visible_orders(user, incident))
    askings = list(visible_askings(user, incident))
    may_order = user.can(Capability.ORDER_INCIDENTS)
    started = incident.activated_at is not None
    closed = incident.state == State.CLOSED.value or incident.merged_into_id is not None
    return {
        "graded": grade_shown(incident),
        "facts": fact_lines(facts_of(incident)),
        "orders": [_order(order) for order in orders],
        "askings": askings,
        "asked": next((a for a in askings if a.state == AskingState.WAITING), None),
        "undecided": still_to_decide(incident),
        "ordered": bool(orders),
        "started": started,
        "unordered_start": started and not any(o.ruling == Ruling.START for o in orders),
        "orders_now": may_order and not closed,
        "decides": may_order and not closed and incident.state != State.ACTIVE.value,
        "amends": may_order and started and not closed,
        "states_facts": user.can(Capability.STATE_FACTS),
        "my_groups": {role.value for role in user.roles},
        "unseen": may_order and _unseen(user, incident, askings),
    }


def grade_shown(incident: Incident) -> GradeShown:
    """The newest reckoning; one is made for showing where nothing was stated yet."""
    change = incident.grade_changes.select_related("by").order_by("-number").first()
    if change:
        grading = msgspec.convert(change.votes, Grading)
    else:
        facts = facts_of(incident)
        grading = grade(facts, incident.type, facts.known_at)
    return GradeShown(
        held=incident.grade or (0 if change else grading.grade),
        computed=grading.grade,
        overridden=bool(change and change.overridden),
        change=change,
        number=change.number if change else 0,
        votes=_votes(grading),
        could_rise=[FIELDS.get(name, name) for name in grading.could_rise],
        confirmed=grading.confirmed,
        categories=_categories(Type(incident.type)),
    )


def playbook_choices(incident: Incident) -> list[tuple[int, str]]:
    """Those in use for the incident's type: row of the version, title."""
    return [(version.pk, title_of(version)) for version in playbooks_for(incident.type)]


def begins_with(incident: Incident) -> list[int]:
    """The rows of the playbooks that are ticked at first."""
    versions = {version.playbook.uid: version.pk for version in playbooks_for(incident.type)}
    tags: set[str] = set()
    for found in incident.findings.order_by("-time").values_list("tags", flat=True)[:200]:
        tags.update(found)
    facts = facts_of(incident)
    return [versions[uid] for uid in recommended(Type(incident.type), versions, tags, facts)]


def title_of(version: PlaybookVersion) -> str:
    """In the page's language."""
    book = version.playbook
    return str(book.title_en if english() else book.title_zh) or book.title_en


def prefilled(incident: Incident) -> dict[str, str]:
    """First instructions by the incident's type, by the form's field."""
    language = "en" if english() else "zh"
    found = instructions(Type(incident.type))
    return {f"to_{group.value}": one.text(language) for group, one in found.items()}


def _votes(grading: Grading) -> list[VoteLine]:
    known = {law.id: law for law in grading_data().laws}
    return [_vote(vote, known[vote.law], grading) for vote in grading.votes if vote.law in known]


def _vote(vote: Vote, law: Law, grading: Grading) -> VoteLine:
    criterion = next((c for c in law.criteria if c.id == vote.criterion), None)
    named = (criterion.en if english() else criterion.zh) if criterion else vote.criterion
    title = law.en if english() else law.zh
    return VoteLine(
        criterion=named,
        law=title,
        source=f"{title} · {law.article} · {law.source}",
        said=_said(vote),
        more=_more(vote),
        grade=vote.grade,
        answer=vote.answer.value,
        confirm=vote.certainty is not Certainty.V and vote.answer is Answer.REACHED,
        deciding=bool(vote.grade) and vote.grade == grading.grade,
    )


def _said(vote: Vote) -> str:
    if vote.answer is Answer.UNKNOWN:
        names = [str(FIELDS.get(name, name)) for name in vote.missing]
        return _("does not vote: not known yet (%(facts)s)") % {"facts": _(", ").join(names)}
    if vote.answer is Answer.NOT_ASKED:
        return _("not asked: it is about critical infrastructure or other types")
    return _value(vote)


def _value(vote: Vote) -> str:
    name = vote.measures.value
    if name == "data_kinds":
        return value_words(name, tuple(kind for kind in vote.value.split(",") if kind))
    if name == "importance":
        importance, _comma, loss = vote.value.partition(",")
        return f"{value_words(name, importance)} · {value_words('loss', loss)}"
    return value_words(name, vote.value)


def _more(vote: Vote) -> str:
    """What it reached, and where the next grade begins."""
    name = vote.measures.value
    if name in {"data_kinds", "importance"}:
        return ""
    if vote.answer is Answer.REACHED:
        return _("from %(threshold)s") % {"threshold": value_words(name, vote.threshold)}
    if vote.answer is Answer.NOT_REACHED and vote.next_at:
        return _("counts from %(threshold)s") % {"threshold": value_words(name, vote.next_at)}
    return ""


def _categories(kind: Type) -> list[str]:
    found: Sequence[Category] = grading_data().categories[kind]
    return [one.en if english() else one.zh for one in found]


def _order(order: Order) -> dict[str, Any]:
    key = "title_en" if english() else "title_zh"
    return {
        "row": order,
        "titles": [one.get(key) or one.get("title_en", "") for one in order.playbooks],
        "instructions": list(order.instructions.all()),
        "started": order.ruling in {Ruling.START, Ruling.AMEND},
    }


def _unseen(user: User, incident: Incident, askings: Sequence[Asking]) -> bool:
    """Whether opening the page is still to be noted."""
    mine = any(a.person_id == user.pk and a.seen is None and a.ended is None for a in askings)
    return mine or (incident.acknowledged_at is None and still_to_decide(incident))
