"""Drills, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from shangdun.records.models import TimelineKind
from shangdun.respond.drill.scenario import Told, scenarios
from shangdun.respond.drill.scoring import Mark

ACTIONS: dict[str, Promise] = {
    "plan_drill": lazy("planned a drill"),
    "change_drill": lazy("changed the plan of a drill"),
    "announce_drill": lazy("announced a drill"),
    "cancel_drill": lazy("called a drill off"),
    "begin_drill": lazy("began a drill"),
    "pause_drill": lazy("stopped a drill's clock"),
    "resume_drill": lazy("let a drill's clock go on"),
    "end_drill": lazy("ended a drill"),
    "tell_inject": lazy("told an inject of a drill"),
    "judge_score": lazy("judged a mark of a drill"),
    "add_drill_finding": lazy("noted what a drill taught"),
    "sign_drill": lazy("signed the report of a drill"),
    "remind_of_drill": lazy("reminded of a drill that is due"),
}
PROBLEMS: dict[str, Promise] = {
    "drill.time": lazy("Choose a time to come."),
    "drill.begun": lazy("It has begun or is over: plan another one."),
    "drill.note": lazy("Say it in a sentence."),
    "drill.title": lazy("A drill needs a title of one line."),
    "drill.scenario": lazy("Choose a scenario."),
    "drill.kind": lazy("Choose a kind."),
    "drill.factor": lazy("The clock runs 1 to 60 times as fast."),
    "drill.observer": lazy("Choose somebody else to lead it."),
    "drill.busy": lazy("Another drill is on: end that one first."),
    "drill.state": lazy("This is not possible as the drill stands now."),
    "drill.mark": lazy("Choose a mark."),
    "drill.four_eyes": lazy("Whoever led the drill does not sign it: let another leader sign."),
    "drill.live": lazy("A live drill needs the demo shop: start ShangDun with “up --demo”."),
}
ICONS: dict[str, str] = {TimelineKind.INJECT: "academic-cap"}
MARKS: dict[str, Promise] = {
    Mark.FULLY: lazy("Fully"),
    Mark.PARTLY: lazy("Partly"),
    Mark.NOT: lazy("Not done"),
    Mark.NOT_APPLICABLE: lazy("Not applicable"),
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
