"""The register to begin with: threats, the five factors with their measures, risks below them."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import ngettext

from shangdun.actions.risks.rounds import kept_matrix
from shangdun.actions.risks.treat import add_measure
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.assess.method.starter import Language, StarterFactor, StarterRisk, register
from shangdun.records.models import Control, PlanTask, Risk, Threat

ORDER = 45
OWNER = "lead"
"""Whose of the plan's roles the risks are at first."""


def start(asked: Asked) -> Started:
    """What is not there yet, by its key; what people renamed or archived stays as it is."""
    language: Language = "zh" if asked.programme.language.startswith("zh") else "en"
    row = kept_matrix(asked.at)
    if row.number == 1 and row.by is None and row.currency != asked.programme.currency:
        row.currency = asked.programme.currency
        row.save(update_fields=["currency"])
    threats = _threats(language)
    made = sum(_factor(asked, factor, language, threats) for factor in register().factors)
    total = Risk.objects.filter(archived_at=None, factor=False).count()
    told = in_words(
        lambda: ngettext("%(n)d risk to assess", "%(n)d risks to assess", total) % {"n": total}
    )
    return Started(told, made, "/risks/")


def _threats(language: Language) -> dict[str, Threat]:
    standing = {one.key: one for one in Threat.objects.exclude(key="")}
    names = set(Threat.objects.filter(archived_at=None).values_list("name", flat=True))
    for one in register().threats:
        if one.key not in standing and one.say(language) not in names:
            standing[one.key] = Threat.objects.create(
                key=one.key, name=one.say(language), source=one.source.value,
                motive=one.say(language, "motive"), timing=one.say(language, "timing"),
                capability=one.capability, frequency=one.frequency,
            )  # fmt: skip
    return standing


def _factor(
    asked: Asked, factor: StarterFactor, language: Language, threats: dict[str, Threat]
) -> int:
    owner = asked.people.get(OWNER)
    head = Risk.objects.filter(key=factor.key, factor=True).first()
    if head is None:
        head = Risk.objects.create(
            number=_next(), key=factor.key, factor=True, title=factor.say(language),
            description=factor.say(language, "about"), harm=factor.impact, owner_id=owner,
            incident_types=list(factor.types), created_at=asked.at,
        )  # fmt: skip
    _measures(asked, factor, head, language, owner)
    made = 0
    for one in factor.risks:
        fits = not one.needs or not asked.platform.isdisjoint(one.needs)
        if fits and not Risk.objects.filter(key=one.key).exists():
            _risk(asked, one, factor, head, language, threats.get(one.threat), owner)
            made += 1
    return made


def _risk(
    asked: Asked,
    one: StarterRisk,
    factor: StarterFactor,
    head: Risk,
    language: Language,
    threat: Threat | None,
    owner: int | None,
) -> None:
    """Its levels are suggestions: nobody has assessed it yet."""
    types = factor.types if one.types is None else one.types
    level = next((each.level for each in register().threats if each.key == one.threat), 3)
    Risk.objects.create(
        number=_next(), key=one.key, parent=head, title=one.say(language),
        description=one.say(language, "about"), consequence=one.say(language, "consequence"),
        threat=threat, owner_id=owner, threat_level=level, ease=one.ease, harm=one.harm,
        asset_value=one.value, incident_types=list(types), tags=list(one.tags),
        created_at=asked.at,
    )  # fmt: skip


def _measures(
    asked: Asked, factor: StarterFactor, head: Risk, language: Language, owner: int | None
) -> None:
    standing = set(head.measures.values_list("key", flat=True))
    controls = set(Control.objects.filter(archived_at=None).values_list("key", flat=True))
    tasks = {
        one.key: one
        for one in PlanTask.objects.filter(programme=asked.programme, archived_at=None)
        if one.key
    }
    for one in factor.measures:
        if one.key in standing:
            continue
        task = tasks.get(one.task)
        values = {
            "title": one.say(language), "description": one.say(language, "about"),
            "owner_id": (task.owner_id if task else None) or owner,
            "due": (task.due or task.ends_on) if task else None,
            "task": task, "control": one.control if one.control in controls else "",
            "likelihood_steps": one.likelihood, "loss_steps": one.loss,
            "currency": asked.programme.currency,
        }  # fmt: skip
        add_measure(head, values, one.key, asked.at)


def _next() -> int:
    return (Risk.objects.aggregate(last=Max("number"))["last"] or 0) + 1
