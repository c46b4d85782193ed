"""The measures of the plan: four cards, each with its way down to the records."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.measures.targets import do_set_target
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.measures import TargetForm
from shangdun.console.problems import said
from shangdun.console.programme.measures import (
    CADENCES,
    apart_words,
    card,
    cards,
    measure_chart,
    splits,
)
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.views.fragment import answer_json
from shangdun.console.views.page import Request, page
from shangdun.govern.measures.definition import Kind, Measure, measure_named
from shangdun.govern.measures.periods import Cadence, Period, period_named, period_of
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import visible_findings
from shangdun.records.conflict import EditConflict
from shangdun.records.measure_readings import attempts_in
from shangdun.records.measure_words import (
    interval_words,
    period_words,
    trend_short,
    value_words,
)
from shangdun.records.measures import (
    Measured,
    current,
    freshly,
    history,
    kept,
    measured,
    target_on,
    visible_targets,
)
from shangdun.records.messages import console_zone
from shangdun.records.roles import Capability

VIEWS = (Capability.VIEW_MEASURES,)
MANAGES = (Capability.MANAGE_MEASURES,)
PAGE = 50
LABELS = {"value": gettext_lazy("Target"), "reason": gettext_lazy("Why")}


@page("measures", *VIEWS)
def measures(request: Request) -> HttpResponseBase:
    """All four, as they stand."""
    found = current(timezone.now())
    context = {
        "cards": cards(found, request.user),
        "targets": any(one.target is not None for one in found),
        "manages": request.user.can(*MANAGES),
        "cadences": CADENCES,
    }
    return render(request, "measures/list.html", context)


@page("measures", *VIEWS)
def measure(request: Request, key: str) -> HttpResponseBase:
    """One measure: its periods, what the value is made of, its targets."""
    return _measure(request, measure_named(key), None)


def _measure(
    request: Request, definition: Measure, form: TargetForm | None, *, status: int = 200
) -> HttpResponseBase:
    now, known = timezone.now(), kept()
    rows = history(definition, now, known=known)
    asked = request.GET.get("period", "")
    chosen = next((one for one in rows if one.period.key == asked), None)
    if chosen is None and asked:
        chosen = measured(definition, _period(definition, asked), now, known)
    if chosen is None:
        chosen = next((one for one in reversed(rows) if one.value is not None), rows[-1])
    today = now.astimezone(known.zone).date()
    first = period_of(today, definition.cadence).first
    targets = list(visible_targets(request.user, definition))
    context = {
        "measure": definition,
        "card": card(chosen, request.user),
        "chosen": chosen,
        "rows": [_row(one) for one in reversed(rows)],
        "splits": splits(chosen),
        "apart": apart_words(chosen),
        "changed": _changed(chosen),
        "cadence": CADENCES[definition.cadence],
        "targets": targets,
        "per_cent": definition.kind is Kind.SHARE,
        "manages": request.user.can(*MANAGES),
        "form": form or TargetForm(
            initial={"valid_from": first, "value": target_on(known, definition, today),
                     "version": next((t.version for t in targets if t.valid_from == first), 0)}
        ),
        "sees_findings": request.user.can(Capability.VIEW_FINDINGS),
    }  # fmt: skip
    return render(request, "measures/measure.html", context, status=status)


def _row(one: Measured) -> dict[str, object]:
    kind = one.measure.kind
    return {
        "measured": one,
        "period": period_words(one.period),
        "value": value_words(one.value, kind),
        "target": "" if one.target is None else value_words(one.target, kind),
        "interval": interval_words(one.interval, kind),
        "trend": trend_short(one.trend),
        "attempts": one.reading.apart if one.value is not None else None,
    }


def _changed(chosen: Measured) -> str:
    """Today's count, where it is another than what was kept."""
    if chosen.frozen_at is None:
        return ""
    fresh = freshly(chosen.measure, chosen.period, timezone.now())
    if fresh.seal == chosen.reading.seal:
        return ""
    return value_words(fresh.value(chosen.measure.kind), chosen.measure.kind)


def _period(definition: Measure, key: str) -> Period:
    try:
        period = period_named(key)
    except UsageError as error:
        raise NotFound("there is no such period", fix="see the measure's table") from error
    if period.cadence is not definition.cadence or period.first > timezone.localdate():
        raise NotFound("the measure has no such period", fix="see the measure's table")
    return period


@page("measures", *VIEWS)
def chart(request: Request, key: str) -> HttpResponse:
    """What the trend draws."""
    return answer_json(request, measure_chart(history(measure_named(key), timezone.now())))


@page("measures", *MANAGES, methods=("POST",))
def set_target(request: Request, key: str) -> HttpResponseBase:
    """Set what a measure is to reach."""
    definition, form = measure_named(key), TargetForm(request.POST)
    if not form.is_valid():
        return _measure(request, definition, form, status=422)
    given = form.cleaned_data
    try:
        do_set_target(
            request.user, given["value"], measure=key, valid_from=given["valid_from"],
            reason=given["reason"], version=given["version"] or 0,
        )  # fmt: skip
    except EditConflict as conflict:
        name = definition.words(request.LANGUAGE_CODE).name
        back = f"/measures/{key}/"
        return conflict_page(request, conflict, about=name, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _measure(request, definition, form, status=422)
    messages.success(request, _("The target is set."))
    return redirect("measure", key)


@page("measures", Capability.VIEW_FINDINGS)
def attempts(request: Request) -> HttpResponseBase:
    """What rules saw in a quarter and what led to no incident, by rule."""
    now, zone = timezone.now(), console_zone()
    asked = request.GET.get("period", "")
    period = (
        _period(measure_named("incident-rate"), asked)
        if asked
        else period_of(now.astimezone(zone).date(), Cadence.QUARTER)
    )
    found = visible_findings(request.user).filter(pk__in=attempts_in(period, zone).values("pk"))
    rules = list(
        found.values("rule_uid").annotate(n=Count("pk"), last=Max("time")).order_by("-n")[:30]
    )
    pages = Paginator(found.order_by("-time", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "period": period_words(period),
        "key": period.key,
        "rules": [{**rule, "title": RULEBOOK.title(rule["rule_uid"], "")} for rule in rules],
        "pages": pages,
        "total": pages.paginator.count,
    }
    return render(request, "measures/attempts.html", context)
