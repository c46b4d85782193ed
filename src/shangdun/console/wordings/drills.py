"""Drills, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.records.models import TimelineKind
from shangdun.respond.drill.scenario import Told, scenarios
from shangdun.respond.drill.scoring import Mark

ACTIONS: dict[str, Promise] = {
    "plan_drill": gettext_lazy("planned a drill"),
    "change_drill": gettext_lazy("changed the plan of a drill"),
    "announce_drill": gettext_lazy("announced a drill"),
    "cancel_drill": gettext_lazy("called a drill off"),
    "begin_drill": gettext_lazy("began a drill"),
    "pause_drill": gettext_lazy("stopped a drill's clock"),
    "resume_drill": gettext_lazy("let a drill's clock go on"),
    "end_drill": gettext_lazy("ended a drill"),
    "tell_inject": gettext_lazy("told an inject of a drill"),
    "judge_score": gettext_lazy("judged a mark of a drill"),
    "add_drill_finding": gettext_lazy("noted what a drill taught"),
    "sign_drill": gettext_lazy("signed the report of a drill"),
    "remind_of_drill": gettext_lazy("reminded of a drill that is due"),
}
PROBLEMS: dict[str, Promise] = {
    "drill.time": gettext_lazy("Choose a time to come."),
    "drill.begun": gettext_lazy("It has begun or is over: plan another one."),
    "drill.note": gettext_lazy("Say it in a sentence."),
    "drill.title": gettext_lazy("A drill needs a title of one line."),
    "drill.scenario": gettext_lazy("Choose a scenario."),
    "drill.kind": gettext_lazy("Choose a kind."),
    "drill.factor": gettext_lazy("The clock runs 1 to 60 times as fast."),
    "drill.observer": gettext_lazy("Choose somebody else to lead it."),
    "drill.busy": gettext_lazy("Another drill is on: end that one first."),
    "drill.state": gettext_lazy("This is not possible as the drill stands now."),
    "drill.mark": gettext_lazy("Choose a mark."),
    "drill.four_eyes": gettext_lazy(
        "Whoever led the drill does not sign it: let another leader sign."
    ),
    "drill.live": gettext_lazy(
        "A live drill needs the demo shop: start ShangDun with “up --demo”."
    ),
}
ICONS: dict[str, str] = {TimelineKind.INJECT: "academic-cap"}
MARKS: dict[str, Promise] = {
    Mark.FULLY: gettext_lazy("Fully"),
    Mark.PARTLY: gettext_lazy("Partly"),
    Mark.NOT: gettext_lazy("Not done"),
    Mark.NOT_APPLICABLE: gettext_lazy("Not applicable"),
}


def scenario_words(key: str) -> Told:
    """A scenario's title and story in the page's language."""
    scenario = scenarios()[key]
    return scenario.zh if chinese() else scenario.en


def expected_words(key: str) -> dict[str, str]:
    """What is expected, by its key, in the page's language."""
    return {one.key: one.zh if chinese() else one.en for one in scenarios()[key].expected}


def chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _told(data: Mapping[str, Any]) -> str:
    return _("told: %(inject)s") % {"inject": data["zh" if chinese() else "en"]}


def _attacked(data: Mapping[str, Any]) -> str:
    told = _(
        "attacked the demo shop: %(sent)d requests, %(stopped)d stopped, %(seen)d seen in logs"
    )
    return told % {name: data[name] for name in ("sent", "stopped", "seen")}


TALES = {(TimelineKind.INJECT, "told"): _told, (TimelineKind.INJECT, "attacked"): _attacked}
