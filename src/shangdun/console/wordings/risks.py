"""The risk register, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTIONS: dict[str, Promise] = {
    "add_risk": gettext_lazy("took a risk into the register"),
    "change_risk": gettext_lazy("described a risk anew"),
    "assess_risk": gettext_lazy("assessed a risk"),
    "review_risk": gettext_lazy("looked through a risk"),
    "archive_risk": gettext_lazy("took a risk out of the register"),
    "add_risk_measure": gettext_lazy("planned a measure against a risk"),
    "change_risk_measure": gettext_lazy("changed a measure against a risk"),
    "move_risk_measure": gettext_lazy("said where a measure against a risk stands"),
    "archive_risk_measure": gettext_lazy("took a measure against a risk off the list"),
    "follow_risk_measures": gettext_lazy("saw measures against risks proven or no longer so"),
    "accept_risk": gettext_lazy("accepted a risk"),
    "withdraw_risk_acceptance": gettext_lazy("took back the acceptance of a risk"),
    "expire_risk_acceptances": gettext_lazy("ended acceptances of risks"),
    "judge_risk_evidence": gettext_lazy("judged whether an incident is evidence of a risk"),
    "learn_risk_frequencies": gettext_lazy("learned how often risks happen"),
    "begin_risk_assessment": gettext_lazy("began a risk assessment"),
    "change_risk_assessment": gettext_lazy("changed a risk assessment"),
    "confirm_risks": gettext_lazy("confirmed the levels of risks"),
    "close_risk_assessment": gettext_lazy("finished a risk assessment"),
    "write_risk_report": gettext_lazy("made a risk assessment's report a document"),
    "change_risk_matrix": gettext_lazy("changed the risk matrix"),
    "keep_threat": gettext_lazy("wrote a threat into the catalogue"),
    "archive_threat": gettext_lazy("took a threat out of the catalogue"),
}
PROBLEMS: dict[str, Promise] = {
    "risk.archived": gettext_lazy("This risk is archived: add it anew."),
    "risk.title": gettext_lazy("It needs a title."),
    "risk.long": gettext_lazy("This text is too long."),
    "risk.reason": gettext_lazy("Say why; a sentence is enough."),
    "risk.owner": gettext_lazy("This person is not active: choose another."),
    "risk.money": gettext_lazy("Write an amount of 0 or more."),
    "risk.many": gettext_lazy("The register is full: archive what is over."),
    "risk.holds": gettext_lazy("Other risks belong to it: archive those first."),
    "risk.types": gettext_lazy("Choose of the four types of incidents."),
    "risk.tags": gettext_lazy("These are too many tags."),
    "risk.parent": gettext_lazy("Choose one of the risk factors."),
    "risk.gone": gettext_lazy("What you chose is not there any more: choose another."),
    "risk.level": gettext_lazy("A level is 1 to 5."),
    "risk.asset": gettext_lazy(
        "Say what the asset is worth (1 to 5), or link an asset that has a value."
    ),
    "risk.frequency": gettext_lazy(
        "Two numbers above 0, the first the smaller by at least a hundredth: once in ten years "
        "is 0.1."
    ),
    "risk.loss": gettext_lazy(
        "The least loss is above 0 and not above the most; with PERT the most likely lies between."
    ),
    "risk.together": gettext_lazy("Frequency and loss come together, each with both ends."),
    "risk.basis": gettext_lazy("Say where the numbers come from, so that somebody can check them."),
    "risk.share": gettext_lazy("One in 2 or more attempts gets through."),
    "risk.since": gettext_lazy("Observation begins today or earlier."),
    "measure.many": gettext_lazy("These are too many measures: join some of them."),
    "measure.proven": gettext_lazy(
        "Its state follows its task or its protective measure. Take the link away to say it by "
        "hand."
    ),
    "measure.effect": gettext_lazy("0 to 4 levels, 0 to 100 per cent."),
    "measure.years": gettext_lazy("1 to 50 years."),
    "measure.currency": gettext_lazy("A currency has three letters: CNY."),
    "measure.task": gettext_lazy("Choose a task of the plan."),
    "measure.control": gettext_lazy("Choose a protective measure of the list."),
    "accept.rated": gettext_lazy("What was not assessed cannot be accepted."),
    "accept.until": gettext_lazy(
        "A risk is accepted for a time: a day after today, within a year."
    ),
    "accept.own": gettext_lazy(
        "You own this risk: somebody else who may accept risks decides on it."
    ),
    "matrix.cell": gettext_lazy("Each of the 25 cells is 1 to 5."),
    "matrix.order": gettext_lazy(
        "A worse case must not have a lower level: no row and no column may fall."
    ),
    "matrix.acceptable": gettext_lazy("The acceptable level is 1 to 4."),
    "matrix.days": gettext_lazy("Review every 1 to 1,830 days."),
    "matrix.currency": gettext_lazy("A currency has three letters: CNY."),
    "threat.taken": gettext_lazy("There is a threat of this name already."),
    "threat.used": gettext_lazy("Risks name this threat: change those first."),
    "assessment.open": gettext_lazy("An assessment is under way: finish it first."),
    "assessment.unrated": gettext_lazy(
        "Some risks were not assessed in this round: assess or confirm them first."
    ),
    "assessment.empty": gettext_lazy("The register is empty: add risks first."),
    "assessment.unfinished": gettext_lazy("Finish the assessment first."),
    "assessment.closed": gettext_lazy("A finished assessment is not changed: begin the next one."),
    "assessment.language": gettext_lazy("Choose Chinese or English."),
    "assessment.programme": gettext_lazy("Choose one of the plans."),
}
