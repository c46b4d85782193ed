"""What verdicts say of a rule, and the filters that its false alarms lead to."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.words import spoken
from shangdun.detect.rule import CorrelationRule, Rule
from shangdun.records.filter_cases import confirmed, false_alarms, recent
from shangdun.records.models import DocumentKind, DocumentOrigin, RuleDocument
from shangdun.respond.filter_proposal import (
    REPEATED,
    Effect,
    Proposal,
    Target,
    effect,
    propose,
    to_yaml,
)


@dataclass
class Offer:
    """One proposal with what it would have done to the past."""

    number: int
    proposal: Proposal
    text: str
    past: Effect
    """Of the newest 200 findings of the rules it changes."""
    confirmed: Effect


def target_of(uid: str) -> Target | None:
    """What a filter for a rule applies to; a correlation is filtered through what it counts."""
    every = RULEBOOK.rules()
    rule = every.get(uid)
    if rule is None:
        return None
    parts = _parts(uid)
    if not parts:
        return None
    first = parts[0].logsource
    fitting = tuple(part.uid for part in parts if part.logsource == first)
    names = ("category", "product", "service")
    logsource = {name: part for name, part in zip(names, first, strict=True) if part}
    counting = tuple(
        other.uid
        for other in every.values()
        if isinstance(other, CorrelationRule) and set(fitting) & {p.uid for p in _parts(other.uid)}
    )
    title = _("Not this: %(rule)s") % {"rule": spoken(rule.content.title, rule.title)}
    return Target(
        rules=fitting, judged=(*fitting, *counting), logsource=logsource, title=title[:250]
    )


def offers_for(uid: str, target: Target) -> list[Offer]:
    """The proposals, those that cover most first."""
    false = false_alarms([uid])
    if len(false) < REPEATED:
        return []
    past, sure = recent(target.judged), confirmed(target.judged)
    return [
        Offer(
            number=number,
            proposal=one,
            text=to_yaml(one, target, description="", date=""),
            past=effect(one, past),
            confirmed=effect(one, sure),
        )
        for number, one in enumerate(propose(false, sure))
    ]


def approved_for(target: Target) -> list[RuleDocument]:
    """Filters that came of proposals and name one of the target's rules, newest first."""
    rows = RuleDocument.objects.filter(
        live=True, kind=DocumentKind.FILTER, origin=DocumentOrigin.PROPOSED
    ).order_by("-changed")
    return [row for row in rows[:200] if any(uid in row.text for uid in target.rules)]


def _parts(uid: str) -> list[Rule]:
    """The rules over single events that a rule stands on, itself where it is one."""
    found: dict[str, Rule] = {}
    waiting, known = [uid], {uid}
    while waiting:
        rule = RULEBOOK.get(waiting.pop())
        if isinstance(rule, Rule):
            found[rule.uid] = rule
        elif isinstance(rule, CorrelationRule):
            new = [part for part in rule.spec.rules if part not in known]
            known.update(new)
            waiting += new
    return sorted(found.values(), key=lambda rule: rule.uid)
