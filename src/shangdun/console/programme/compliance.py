"""The law register for its pages: duties by law, texts over time, what a change says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shangdun.actions.compliance.rounds import unfollowed, unjudged
from shangdun.console.programme.controls import ShownControl, in_words, language, shown
from shangdun.console.wordings.compliance import FIELDS, LOOKS, STATES
from shangdun.govern.controls.rate import Rate
from shangdun.govern.law.binding import FACTS
from shangdun.govern.law.compliance import DutyState
from shangdun.govern.law.register import LawVersion, difference
from shangdun.records.compliance import (
    DutyStands,
    duties_standing,
    newest_texts,
    text_of,
    today_of,
)
from shangdun.records.models import (
    AssessmentRound,
    DutyJudgement,
    DutyVersion,
    JudgeSide,
    LawReview,
)

VERDICT_LOOKS = {"kept": "good", "partly": "warn", "not_kept": "bad", "not_applicable": ""}
SEVERITY_LOOKS = {"high": "bad", "medium": "warn", "low": ""}
CERTAIN = "V"


@dataclass(frozen=True)
class Said:
    """A text of a duty in the page's language."""

    law: str
    article: str
    title: str
    text: str
    quote: str
    penalty: str
    source: str
    certain: bool
    effective_from: date
    repealed_on: date | None


def said_of(text: LawVersion) -> Said:
    """One version for a page."""
    return Said(
        law=in_words(text.law),
        article=in_words(text.article),
        title=in_words(text.title),
        text=in_words(text.text),
        quote=text.quote,
        penalty=in_words(text.penalty),
        source=text.source,
        certain=not text.to_be_confirmed,
        effective_from=text.effective_from,
        repealed_on=text.repealed_on,
    )


@dataclass(frozen=True)
class ShownDuty:
    """A duty for a page."""

    stands: DutyStands
    said: Said | None
    state: Promise
    look: str
    why: str
    """Why it binds, or what would have to be known."""
    measures: list[ShownControl]
    good: int
    """Of its measures those that are proven."""


def shown_duties(rows: Iterable[DutyStands]) -> list[ShownDuty]:
    """Duties with how they stand."""
    found = []
    for one in rows:
        text = one.text or (text_of(one.ahead[0]) if one.ahead else None)
        applying = [stand for stand in one.measures if stand.control.applies]
        found.append(
            ShownDuty(
                stands=one,
                said=said_of(text) if text else None,
                state=STATES[one.state],
                look=LOOKS[one.state],
                why=_why(one),
                measures=shown(one.measures),
                good=sum(stand.proven for stand in applying),
            )
        )
    return found


def _why(one: DutyStands) -> str:
    if one.duty.reason:
        return one.duty.reason
    if one.binding.missing:
        named = _(", ").join(fact_name(name) for name in one.binding.missing)
        return _("It may apply: say %(facts)s first.") % {"facts": named}
    named = _(", ").join(_leaf(text) for text in one.binding.because)
    if one.binding.applies is False:
        return _("It does not apply: %(facts)s.") % {"facts": named}
    return _("It applies: %(facts)s.") % {"facts": named} if named else ""


def _leaf(text: str) -> str:
    """``customers >= 1000000`` with the fact's name; a number keeps its sign."""
    name = text.removeprefix("not ").split(" ", 1)[0]
    return text.removeprefix("not ").replace(name, fact_name(name), 1)


def fact_name(name: str) -> str:
    """A fact in the page's language."""
    chinese, english = FACTS.get(name, (name, name))
    return chinese if language() == "zh" else english


def by_law(rows: Sequence[ShownDuty]) -> list[dict[str, Any]]:
    """The duties under their laws, in the register's order, with how many are kept."""
    groups: dict[str, list[ShownDuty]] = {}
    for one in rows:
        groups.setdefault(one.stands.duty.law, []).append(one)
    return [
        {
            "title": next((one.said.law for one in duties if one.said), key),
            "duties": duties,
            "kept": sum(one.stands.state is DutyState.KEPT for one in duties),
            "bind": sum(one.stands.counts for one in duties),
        }
        for key, duties in groups.items()
    ]


def tally_duties(rate: Rate) -> list[dict[str, Any]]:
    """How many duties stand how, as the rate has them."""
    counts: dict[str, int] = {}
    for row in rate.rows:
        counts[row.outcome] = counts.get(row.outcome, 0) + 1
    return [
        {"state": state.value, "label": STATES[state], "look": LOOKS[state], "count": counts[state]}
        for state in DutyState
        if state in counts
    ]


def history_of(rows: Iterable[DutyVersion], today: date) -> list[dict[str, Any]]:
    """A duty's texts, newest first, each with what it changed and whether it is in force."""
    texts = newest_texts(rows)
    found: list[dict[str, Any]] = []
    before: LawVersion | None = None
    current = max(
        (row.effective_from for row in texts if row.effective_from <= today), default=None
    )
    for row in texts:
        text = text_of(row)
        found.append(
            {
                "row": row,
                "said": said_of(text),
                "current": row.effective_from == current,
                "ahead": row.effective_from > today,
                "changes": changes_between(before, text) if before else [],
            }
        )
        before = text
    return found[::-1]


def changes_between(before: LawVersion | None, after: LawVersion) -> list[dict[str, Any]]:
    """What is another between two texts, field by field, in the page's language."""
    return [
        {"label": FIELDS[change.field], "before": change.before, "after": change.after}
        for change in difference(before, after, language())
    ]


def shown_review(row: LawReview) -> dict[str, Any]:
    """A change of law for its page."""
    before = text_of(row.before) if row.before else None
    after = text_of(row.after)
    return {"row": row, "said": said_of(after), "changes": changes_between(before, after)}


def shown_judgement(row: DutyJudgement) -> dict[str, Any]:
    """A judgement with the text that it stands on."""
    return {
        "row": row,
        "look": VERDICT_LOOKS[row.verdict],
        "said": said_of(text_of(row.law_version)),
        "measures": len(row.evidence.get("measures", ())),
        "proven": sum(one.get("state") == "in_place" for one in row.evidence.get("measures", ())),
        "files": len(row.evidence.get("files", ())),
    }


def round_of(row: AssessmentRound, now: datetime) -> dict[str, Any]:
    """An assessment: each binding duty with its judgements in it, and what is still owed.

    A closed one shows the duties that were judged in it, whatever binds today.
    """
    standing = duties_standing(now)
    closed = row.closed_at is not None
    lines = []
    for one in shown_duties(standing):
        made = [own for own in one.stands.judgements if own.round_id == row.pk]
        if not (made if closed else (one.stands.counts or made)):
            continue
        last = {own.side: shown_judgement(own) for own in made}
        lines.append(
            {
                "duty": one,
                "internal": last.get(JudgeSide.INTERNAL),
                "counsel": last.get(JudgeSide.COUNSEL),
            }
        )
    missing = [] if closed else unjudged(row, standing)
    return {
        "lines": lines,
        "missing": missing,
        "judged": len(lines) - len(missing),
        "unfollowed": [] if closed else unfollowed(row),
        "late": not closed and row.due_on < today_of(now),
    }
