"""What templates of the console write often: icons, severities, times, entities, log text."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, Select, Textarea
from django.http import QueryDict
from django.template.defaultfilters import date as format_date
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shangdun.console.assets import icon_shapes
from shangdun.console.logtext import highlight, visible
from shangdun.console.response.grades import GRADE_WORDS
from shangdun.console.words import (
    ENTITY_ICONS,
    SEVERITY_BARS,
    entity_label,
    format_title,
    severity_key,
    severity_label,
)
from shangdun.records.models import RiskLevel
from shangdun.records.roles import Role

register = template.Library()

BARS = ((1, 10, 5), (6, 7, 8), (11, 4, 11))
"""The three bars of a severity's sign: x, y, height in a field of 16."""


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An outline icon; it only decorates, the text beside it speaks."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.6" aria-hidden="true">{}</svg>',
        css,
        mark_safe(icon_shapes()[name]),  # noqa: S308 - from our own build, not from anybody's input
    )


@register.simple_tag
def severity(value: int, css: str = "") -> SafeString:
    """A severity as sign, word and colour, so that none of them is needed alone."""
    key = severity_key(value)
    lit = SEVERITY_BARS[key]
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="3.600" height="{}" rx="1"{}/>',
        (
            (x, y, height, mark_safe(' class="off"') if number >= lit else "")
            for number, (x, y, height) in enumerate(BARS)
        ),
    )
    sign = format_html(
        '<svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">{}</svg>', bars
    )
    if lit > len(BARS):
        sign = icon("fire" if key == "fatal" else "exclamation-triangle")
    return format_html(
        '<span class="severity sev-{} {}">{}{}</span>', key, css, sign, severity_label(value)
    )


@register.filter
def grade(value: int) -> str:
    """The grade of an incident in words."""
    return str(GRADE_WORDS.get(value, ""))


@register.filter
def risk_level(value: int) -> str:
    """A level of risk in words."""
    return str(RiskLevel(value).label) if value in RiskLevel.values else ""


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """A time as distance from now; the exact one is its title and its `datetime`."""
    if moment is None:
        return mark_safe("—")
    exact = format_date(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        moment.isoformat(),
        exact,
        _distance(moment),
    )


def _distance(moment: datetime) -> str:
    now = timezone.now()
    if abs((now - moment).total_seconds()) < 45:
        return pgettext("time", "just now")
    if moment > now:
        return _("in %(span)s") % {"span": timesince(now, moment, depth=1)}
    return _("%(span)s ago") % {"span": timesince(moment, now, depth=1)}


@register.filter
def exact(moment: datetime | None) -> SafeString:
    """A time as it was, in the console's time zone, to the second."""
    if moment is None:
        return mark_safe("—")
    local = format_date(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), local)


@register.filter
def millis(value: int | None) -> datetime | None:
    """The moment of an OCSF `timestamp_t`."""
    if not value:
        return None
    return datetime.fromtimestamp(value / 1000, timezone.get_default_timezone())


@register.filter
def figure(value: float | None, digits: int = 0) -> str:
    """A number with its thousands grouped."""
    if value is None:
        return "—"
    return formats.number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True)


@register.filter
def money(amount: Decimal | None) -> str:
    """An amount with its thousands grouped, always to the hundredth."""
    return "—" if amount is None else f"{amount:,.2f}"


@register.inclusion_tag("parts/entity.html")
def entity(kind: str, value: str, link: str = "") -> dict[str, Any]:
    """Somebody or something a finding is about, with the sign of its kind."""
    return {
        "label": entity_label(kind),
        "icon": ENTITY_ICONS.get(kind, "cube"),
        "value": value,
        "link": link,
    }


@register.filter
def shown(text: object) -> SafeString:
    """Text from a log: escaped, with what cannot be seen made visible."""
    return format_html("{}", visible(str(text)))


@register.simple_tag
def matched(value: str, operator: str, pattern: str) -> SafeString:
    """A value with the part that a rule's pattern matched, marked."""
    return highlight(str(value), str(operator), str(pattern))


@register.filter
def compact_json(value: object) -> str:
    """A structure as it stands in a log: one line, Chinese left as it is."""
    return value if isinstance(value, str) else str(json.dumps(value, ensure_ascii=False))


@register.filter
def dressed(field: BoundField) -> SafeString:
    """A form field's control with the look of its kind."""
    widget = field.field.widget
    css = "input"
    if isinstance(widget, CheckboxInput):
        css = "checkbox checkbox-sm"
    elif isinstance(widget, Select):
        css = "select"
    elif isinstance(widget, Textarea):
        css = "textarea"
    elif isinstance(widget, FileInput):
        css = "file-input"
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{css} {own}".strip()})


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether the control stands beside its label instead of below it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: object) -> str:
    """The page's query string with some values changed; an empty one is dropped."""
    values: QueryDict = context["request"].GET.copy()
    values.pop("after", None)
    values.pop("before", None)
    for name, value in changes.items():
        if value in {None, ""}:
            values.pop(name, None)
        else:
            values[name] = str(value)
    return "?" + values.urlencode()


@register.filter
def entity_name(kind: str) -> str:
    """What an entity's kind is called."""
    return str(entity_label(kind))


@register.filter
def format_name(name: str) -> str:
    """What a format is called."""
    return str(format_title(name))


@register.filter
def in_order(roles: frozenset[Role]) -> list[Role]:
    """Roles in the plan's order."""
    return [role for role in Role if role in roles]


@register.filter
def actor(name: str) -> str:
    """Whoever the ledger names ``user:7:li.na`` or ``local:root``, as people call him."""
    return name.rpartition(":")[2]
