"""Evidence and indicators, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from shangdun.console.wordings import Tale
from shangdun.records.models import TimelineKind

ACTIONS: dict[str, Promise] = {
    "upload_evidence": gettext_lazy("added evidence"),
    "hand_over": gettext_lazy("offered evidence to somebody"),
    "accept_evidence": gettext_lazy("accepted evidence"),
    "decline_evidence": gettext_lazy("declined evidence, or took an offer back"),
    "hand_out_evidence": gettext_lazy("handed evidence to somebody outside"),
    "record_access": gettext_lazy("downloaded evidence"),
    "note_evidence": gettext_lazy("wrote a note on evidence"),
    "hold_evidence": gettext_lazy("changed a legal hold"),
    "dispose_evidence": gettext_lazy("disposed of evidence"),
    "verify_evidence": gettext_lazy("verified evidence"),
    "check_evidence": gettext_lazy("verified evidence by the clock"),
    "export_evidence": gettext_lazy("exported evidence"),
    "add_indicators": gettext_lazy("added indicators"),
    "remove_indicator": gettext_lazy("removed an indicator"),
    "export_indicators": gettext_lazy("exported indicators"),
}
PROBLEMS: dict[str, Promise] = {
    "evidence.large": gettext_lazy("The file is larger than evidence may be here."),
    "evidence.full": gettext_lazy("The disk is full: nothing was kept. Make room, then try again."),
    "evidence.disk": gettext_lazy("The disk does not take it: nothing was kept."),
    "evidence.gone": gettext_lazy(
        "The content is no longer there. Look for it in a backup of the evidence folder."
    ),
    "evidence.many": gettext_lazy("Add at most 50 files at once."),
    "evidence.none": gettext_lazy("Choose at least one item."),
    "evidence.hash": gettext_lazy("This is no SHA-256."),
    "evidence.upload": gettext_lazy("The upload broke off: add the file again."),
    "custody.disposed": gettext_lazy("This item was disposed of; its chain of custody remains."),
    "custody.not_yours": gettext_lazy("It is not offered to you."),
    "custody.open": gettext_lazy("Evidence of an open incident is kept: close the incident first."),
    "custody.hold": gettext_lazy("It is under legal hold: legal ends the hold first."),
    "custody.offered": gettext_lazy("It is offered to somebody already: wait for the answer."),
    "custody.not_holder": gettext_lazy("Somebody else holds it: only who holds it hands it over."),
    "custody.self": gettext_lazy("You hold it already: choose somebody else."),
    "custody.receiver": gettext_lazy("Choose a person who handles evidence."),
    "custody.reason": gettext_lazy("Say why, in a sentence: it stands in the chain of custody."),
    "custody.outside": gettext_lazy("Say who receives it: name, organisation, identification."),
    "indicator.kind": gettext_lazy("Choose a kind of indicator."),
    "indicator.value": gettext_lazy("This is no value of that kind."),
    "indicator.none": gettext_lazy("Nothing in this text looks like an indicator."),
    "indicator.many": gettext_lazy("There are enough indicators here: remove some first."),
    "indicator.confidence": gettext_lazy("A confidence is 0 to 100."),
}
ICONS: dict[str, str] = {TimelineKind.EVIDENCE: "archive-box"}


def _told(sentence: str) -> Tale:
    def tell(data: Mapping[str, Any]) -> str:
        return _(sentence) % {
            "label": f"E-{data.get('number', '')}",
            "name": data.get("name", ""),
            "to": data.get("to", ""),
            "count": data.get("count", 0),
        }

    return tell


TALES: dict[tuple[str, str], Tale] = {
    (TimelineKind.EVIDENCE, what): _told(sentence)
    for what, sentence in {
        "collected": gettext_noop("added evidence %(label)s: %(name)s"),
        "offered": gettext_noop("offered evidence %(label)s (%(name)s) to %(to)s"),
        "accepted": gettext_noop("accepted evidence %(label)s (%(name)s)"),
        "declined": gettext_noop("evidence %(label)s (%(name)s) stays with who holds it"),
        "handed_out": gettext_noop("handed a copy of evidence %(label)s (%(name)s) to %(to)s"),
        "held": gettext_noop("put evidence %(label)s (%(name)s) under legal hold"),
        "released": gettext_noop("ended the legal hold on evidence %(label)s (%(name)s)"),
        "disposed": gettext_noop("disposed of evidence %(label)s (%(name)s)"),
        "damaged": gettext_noop("evidence %(label)s (%(name)s) was changed or is gone"),
        "exported": gettext_noop("exported evidence: %(count)s items"),
        "indicators": gettext_noop("added indicators: %(count)s"),
    }.items()
}
