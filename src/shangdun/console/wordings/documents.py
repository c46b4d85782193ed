"""Controlled documents and the company, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTIONS: dict[str, Promise] = {
    "write_document": _("began a document"),
    "begin_version": _("began a new version of a document"),
    "edit_draft": _("changed a draft"),
    "describe_document": _("changed what is said about a document"),
    "submit_document": _("submitted a document for review"),
    "review_document": _("reviewed a document"),
    "approve_document": _("approved a document"),
    "return_document": _("sent a document back"),
    "publish_document": _("put a document into force"),
    "withdraw_document": _("withdrew a version of a document"),
    "acknowledge_document": _("acknowledged having read a document"),
    "remind_readers": _("reminded the readers of a document"),
    "finish_duty": _("noted a review or meeting"),
    "remind_of_duty": _("reminded of a review or meeting"),
    "change_company": _("changed who the company is"),
}
PROBLEMS: dict[str, Promise] = {
    "document.language": _("Choose Chinese or English."),
    "document.title": _("A document needs a title of at most 200 characters."),
    "document.exists": _("There is a document with this title: write a new version of it."),
    "document.slot": _("Nothing fills this slot: look at the list beside the text."),
    "document.state": _("It went on meanwhile: look at it as it stands now."),
    "document.duties": _("Who wrote in a version neither reviews nor approves it."),
    "document.unwritten": _(
        "A part that its author is to write is still missing: look for “To be written by the"
        " author” in the text."
    ),
    "document.unable": _("Choose somebody from the list: this person may not do that."),
    "document.unreviewed": _("It was not reviewed yet."),
    "document.altered": _("The text is not the one that was approved: it is not published."),
    "document.remark": _("Say why, in a sentence."),
    "document.named": _("Only the person who was named for it does that."),
    "document.months": _("Choose 0 to 60 months."),
    "document.outcome": _("Say what came of it, in a sentence."),
    "paper.long": _("The text is too long for one document: make two of it."),
    "paper.box": _("There is no such box: note, good, warning or danger."),
    "paper.font": _("The documents' font is not installed: run make setup."),
    "paper.drawing": _("The document could not be drawn. The Word form may still be."),
    "paper.logo": _("A logo is a PNG or JPEG of at most 2 MB and 6000 pixels a side."),
    "company.name": _("Say the company's name, in Chinese or in English."),
    "company.credit_code": _("A credit code has 18 digits and letters, without I, O, S, V and Z."),
}
TEXT_FIELDS: dict[str, Promise] = {
    "title": _("Title"),
    "body": _("Text"),
    "changes": _("What changed"),
}
FIELDS: dict[str, Promise] = {
    "state": pgettext_lazy("document", "State"),
    "title": _("Title"),
    "reviewer": pgettext_lazy("document", "Reviewer"),
    "approver": pgettext_lazy("document", "Approver"),
    "remark": _("Remark"),
}
ABOUT_FIELDS: dict[str, Promise] = {
    "code": _("Document number"),
    "marking": pgettext_lazy("document", "Classification"),
    "readers": _("Who must have read it"),
    "review_months": _("Review every so many months"),
    "meeting_months": _("Meeting every so many months"),
}
COMPANY_FIELDS: dict[str, Promise] = {
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "credit_code": _("Unified social credit code"),
    "province": _("Province"),
    "address": _("Postal address"),
    "website": _("Website"),
    "contact_name": _("Contact person"),
    "contact_phone": _("Telephone"),
    "contact_email": _("E-mail"),
    "critical_infrastructure": _("We operate critical information infrastructure"),
    "serves_eu": _("We serve people in the European Union"),
    "takes_cards": _("We take payment cards"),
    "is_platform": _("Others sell on our platform"),
}
