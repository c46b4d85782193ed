"""Checks of measures in the calendar: by when each that people make is owed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shangdun.govern.controls.catalogue import measures
from shangdun.govern.controls.standing import ControlState
from shangdun.records.controls import control_states
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import Control, ControlMethod
from shangdun.records.roles import Capability


def dated(asked: Asked) -> Iterable[Dated]:
    """The next owed check of every measure that people look at; automatic ones make themselves."""
    if not asked.actor.can(Capability.VIEW_CONTROLS):
        return
    for one in control_states(None, asked.now).values():
        control, day = one.control, one.standing.due_on
        by_people = control.method != ControlMethod.AUTOMATIC and control.applies
        if not by_people or not asked.since <= day <= asked.until:
            continue
        late = one.state is ControlState.OVERDUE
        yield Dated(
            uid=f"control-{control.pk}-{day}",
            kind="control",
            title=title_of(control),
            day=day,
            state=DatedState.LATE if late else DatedState.AHEAD,
            path=one.path,
            people=(control.owner_id,) if control.owner_id else (),
            detail=_("a check of this measure is owed"),
        )


def title_of(control: Control) -> str:
    """The measure's title in the page's language."""
    shipped = measures().get(control.key)
    if shipped is None:
        return control.title
    return shipped.title["zh" if (get_language() or "zh").startswith("zh") else "en"]
