"""The post-incident report, losses and improvements, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.respond.review.loss import LossKind
from shangdun.respond.review.sections import Section

ACTIONS: dict[str, Promise] = {
    "begin_review": _("began a post-incident report"),
    "write_section": _("wrote a part of a report"),
    "add_loss": _("entered a loss"),
    "remove_loss": _("took a loss out again"),
    "submit_review": _("submitted a report"),
    "return_review": _("sent a report back"),
    "sign_review": _("signed a report"),
    "add_improvement": _("planned an improvement"),
    "change_improvement": _("changed an improvement"),
    "finish_improvement": _("finished an improvement"),
    "retest_improvement": _("retested an improvement"),
    "drop_improvement": _("dropped an improvement"),
}
PROBLEMS: dict[str, Promise] = {
    "review.long": _("This part is too long: at most 50,000 characters."),
    "review.section": _("The report has no such part."),
    "review.submitted": _("The report lies with leadership: ask them to send it back first."),
    "review.signed": _("It is signed: what is signed stands."),
    "review.early": _("Close the incident first."),
    "review.missing": _(
        "Some parts are not written yet. Write “none” where there is nothing to say."
    ),
    "review.note": _("Say in a sentence what is to be mended."),
    "review.state": _("The report was not submitted."),
    "review.four_eyes": _("Whoever handed it in does not sign it: let another leader sign."),
    "loss.amount": _("The two amounts make no range: write the lower one first."),
    "loss.currency": _("This currency is not known here."),
    "loss.basis": _("Say how the amount was reckoned."),
    "loss.many": _("There are enough amounts: put small ones together."),
    "improvement.title": _("Say in one line what is to be done."),
    "improvement.group": _("Choose a group."),
    "improvement.retest": _("Say how it will be shown to work."),
    "improvement.over": _("It is over: add a new one."),
    "improvement.early": _("It is not done yet."),
    "improvement.result": _("Say in a sentence what was seen."),
}
SECTION_WORDS: dict[str, Promise] = {
    Section.SUMMARY: _("Summary"),
    Section.COURSE: _("Course of the incident"),
    Section.CAUSE: _("Cause of the incident"),
    Section.TECHNICAL: _("Technical measures"),
    Section.CUSTOMERS: _("Customers"),
    Section.LEGAL: _("Legal and regulators"),
    Section.LOGISTICS: _("Supplies and logistics"),
    Section.LOSS: _("Assessment of the loss"),
    Section.IMPROVEMENTS: _("Improvements"),
}
SECTION_ASKS: dict[str, Promise] = {
    Section.SUMMARY: _("What happened, how bad it was, how it ended: for somebody with a minute."),
    Section.COURSE: _("When it began, was found, was reported, was stopped; who did what."),
    Section.CAUSE: _("Why it could happen: the direct cause, and what lay behind it."),
    Section.TECHNICAL: _(
        "How it was stopped, cleaned up and checked; what worked and what did not."
    ),
    Section.CUSTOMERS: _("Who was affected, what they were told and when, what they asked."),
    Section.LEGAL: _("Duties to report and how they were met, liabilities, claims, evidence."),
    Section.LOGISTICS: _("What was needed, what came in time, what was missing."),
    Section.LOSS: _("What it cost, directly and indirectly, and how sure that is."),
    Section.IMPROVEMENTS: _("What will be done so that it does not happen again."),
}
LOSS_WORDS: dict[str, Promise] = {
    LossKind.ASSET_AND_FRAUD: _("Assets and fraud"),
    LossKind.BUSINESS_DISRUPTION: _("Business disruption"),
    LossKind.RESPONSE_AND_RECOVERY: _("Response and recovery"),
    LossKind.OPERATING_COSTS: _("Operating costs"),
    LossKind.LEGAL_AND_REGULATORY: _("Legal and regulatory"),
    LossKind.BRAND_DAMAGE: _("Damage to the brand"),
    LossKind.COMPETITIVE_ADVANTAGE: _("Competitive advantage"),
}
