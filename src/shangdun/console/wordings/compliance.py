"""The law register and its assessments, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.law.compliance import DutyState

ACTIONS: dict[str, Promise] = {
    "take_in_law": _("took the law register in"),
    "state_shop_facts": _("stated the facts for the law register"),
    "change_law_duty": _("changed a duty of the law register"),
    "add_law_version": _("entered a new text of a duty"),
    "add_law_duty": _("added a duty to the law register"),
    "add_duty_evidence": _("added evidence to a duty"),
    "drop_duty_evidence": _("took evidence off a duty"),
    "review_law_change": _("reviewed a change of law"),
    "remind_of_law_review": _("reminded of a change of law"),
    "remind_of_assessment": _("reminded of the yearly assessment"),
    "open_assessment": _("began an assessment of compliance"),
    "change_assessment": _("changed an assessment of compliance"),
    "attach_opinion": _("attached outside counsel's opinion"),
    "judge_duty": _("judged a duty"),
    "close_assessment": _("closed an assessment of compliance"),
    "raise_audit_finding": _("raised an audit finding"),
    "improve_finding": _("made an improvement of an audit finding"),
    "follow_finding": _("followed up an audit finding"),
}
PROBLEMS: dict[str, Promise] = {
    "law.facts": _("There is no such fact: see the form."),
    "law.applies": _("Whoever decides against the facts says why."),
    "law.group": _("Choose one of the groups."),
    "law.text": _("Law, article, title, text and source are needed."),
    "law.long": _("This text is too long."),
    "law.dates": _("It ends after it begins."),
    "law.evidence": _("Give it a title, and a file or an address."),
    "law.link": _("Write an address as /documents/3/ or https://…"),
    "law.review": _("Say what the change means for us, in a sentence."),
    "law.plan": _("Say what has to change, who does it and until when; otherwise leave it empty."),
    "law.repealed": _("No text of this duty is in force."),
    "law.register": _("The shipped law register cannot be read."),
    "assessment.open": _("An assessment is under way: close it first."),
    "assessment.closed": _("This assessment is closed."),
    "assessment.title": _("An assessment needs a title and its year."),
    "assessment.counsel": _("Say which firm and which lawyer wrote it."),
    "assessment.opinion": _("Attach the opinion first: counsel's judgement is taken from it."),
    "assessment.verdict": _("Choose what the judgement is."),
    "assessment.note": _("Say why it is not fully kept."),
    "assessment.unjudged": _("Not every duty that binds is judged yet."),
    "assessment.findings": _("Findings of earlier assessments were not looked at in this one."),
    "assessment.no_counsel": _("Attach outside counsel's opinion, or say why there is none."),
    "assessment.conclusion": _("Say what came of it."),
    "finding.title": _("Say in one line what was found."),
    "finding.severity": _("Say how grave it is."),
    "finding.note": _("Say what was seen, in a sentence."),
    "finding.unproven": _(
        "Its improvement was not retested: it is closed when that shows it works."
    ),
    "finding.closed": _("This finding is closed: raise a new one."),
}
STATES: dict[DutyState, Promise] = {
    DutyState.KEPT: pgettext_lazy("duty", "kept"),
    DutyState.PARTLY: _("partly kept"),
    DutyState.NOT_KEPT: _("not kept"),
    DutyState.OUT_OF_DATE: _("the text changed since"),
    DutyState.NOT_ASSESSED: _("not assessed yet"),
    DutyState.NOT_APPLICABLE: _("does not apply"),
}
LOOKS: dict[DutyState, str] = {
    DutyState.KEPT: "good",
    DutyState.PARTLY: "warn",
    DutyState.NOT_KEPT: "bad",
    DutyState.OUT_OF_DATE: "warn",
    DutyState.NOT_ASSESSED: "",
    DutyState.NOT_APPLICABLE: "",
}
FIELDS: dict[str, Promise] = {
    "article": _("Article"),
    "title": _("The duty in a line"),
    "text": _("What is owed"),
    "quote": _("Text of the law"),
    "penalty": _("Penalty"),
    "certainty": _("Certainty"),
    "repealed_on": _("Repealed on"),
}
