"""Communication, duties, knowledge and suggestions: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import (
    address_lists,
    communication,
    communication_items,
    duties,
    duty_reviews,
    knowledge,
    mailings,
    suggestions,
    unsubscribe,
)

PLAN = "communication/"
ITEM = f"{PLAN}<int:item_id>/"
LINE = f"{PLAN}lines/<int:line_id>/"
LIST = f"{PLAN}recipients/<int:list_id>/"
MAILING = "mailings/<int:mailing_id>/"
KNOWN = "knowledge/<int:number>/"
GIVEN = "suggestions/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(PLAN, communication.matrix, name="communication"),
    path(f"{PLAN}adopt/", communication.adopt, name="communication_adopt"),
    path(f"{PLAN}lines/add/", communication.line_add, name="communication_line_add"),
    path(LINE, communication.line, name="communication_line"),
    path(f"{LINE}archive/", communication.line_archive, name="communication_line_archive"),
    path(f"{LINE}tell/", communication_items.tell, name="communication_tell"),
    path(f"{PLAN}contacts/", communication.contacts, name="contacts"),
    path(f"{PLAN}contacts/<int:contact_id>/", communication.contact, name="contact"),
    path(
        f"{PLAN}contacts/<int:contact_id>/<slug:verb>/", communication.contact_step,
        name="contact_step",
    ),
    path(
        f"{PLAN}letters/<int:letter_id>/again/", communication.resend, name="communication_resend"
    ),
    path(f"{PLAN}recipients/", address_lists.address_lists, name="address_lists"),
    path(f"{PLAN}recipients/off/", address_lists.put_off, name="address_off"),
    path(LIST, address_lists.address_list, name="address_list"),
    path(f"{LIST}fill/", address_lists.fill, name="address_list_fill"),
    path(f"{LIST}erase/", address_lists.erase, name="address_list_erase"),
    path(MAILING, mailings.mailing, name="mailing"),
    path(f"{MAILING}progress/", mailings.progress, name="mailing_progress"),
    path(f"{MAILING}edit/", mailings.edit, name="mailing_edit"),
    path(f"{MAILING}test/", mailings.test, name="mailing_test"),
    path(f"{MAILING}bounces/", mailings.bounces, name="mailing_bounces"),
    path(f"{MAILING}step/<slug:verb>/", mailings.step, name="mailing_step"),
    # Answered by the console's door, before sessions, as a survey is.
    path("u/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path(f"{PLAN}due/", communication_items.due, name="communication_due"),
    path(f"{PLAN}preview/", communication_items.preview, name="communication_preview"),
    path(ITEM, communication_items.item, name="communication_item"),
    path(f"{ITEM}edit/", communication_items.edit, name="communication_edit"),
    path(f"{ITEM}prove/", communication_items.prove, name="communication_prove"),
    path(f"{ITEM}proofs/<int:proof_id>/", communication_items.proof, name="communication_proof"),
    path(f"{ITEM}as/<slug:form>/", communication_items.export, name="communication_export"),
    path(f"{ITEM}read/", communication_items.reading, name="communication_read"),
    path(f"{ITEM}step/<slug:verb>/", communication_items.step, name="communication_step"),
    path("duties/", duties.duties, name="duties"),
    path("duties/adopt/", duties.adopt, name="duties_adopt"),
    path("duties/add/", duties.duty_add, name="duty_add"),
    path("duties/<int:duty_id>/", duties.duty, name="duty"),
    path("duties/<int:duty_id>/archive/", duties.duty_archive, name="duty_archive"),
    path("duties/groups/", duties.groups, name="groups_across"),
    path("duties/groups/add/", duties.group_add, name="group_across_add"),
    path("duties/groups/<int:group_id>/", duties.group, name="group_across"),
    path(
        "duties/groups/<int:group_id>/archive/", duties.group_archive, name="group_across_archive"
    ),
    path("duties/mine/", duty_reviews.mine, name="own_duties"),
    path("duties/mine/answer/", duty_reviews.answer, name="own_duties_answer"),
    path("duties/reviews/", duty_reviews.reviews, name="duty_reviews"),
    path("duties/reviews/<str:key>/", duty_reviews.review, name="duty_review"),
    path("duties/reviews/<str:key>/close/", duty_reviews.close, name="duty_review_close"),
    path(
        "duties/reviews/<str:key>/settle/<int:answer_id>/", duty_reviews.settle,
        name="duty_review_settle",
    ),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/add/", knowledge.write, name="knowledge_add"),
    path("knowledge/preview/", knowledge.preview, name="knowledge_preview"),
    path("knowledge/beside/<slug:verb>/", knowledge.pin, name="knowledge_pin"),
    path(KNOWN, knowledge.article, name="knowledge_page"),
    path(f"{KNOWN}edit/", knowledge.edit, name="knowledge_edit"),
    path(f"{KNOWN}versions/", knowledge.versions, name="knowledge_versions"),
    path(
        f"{KNOWN}versions/<int:version_number>/", knowledge.version, name="knowledge_version"
    ),
    path(f"{KNOWN}step/<slug:verb>/", knowledge.step, name="knowledge_step"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/add/", suggestions.suggest, name="suggest"),
    path("suggestions/code/", suggestions.by_code, name="suggestion_by_code"),
    path(GIVEN, suggestions.suggestion, name="suggestion"),
    path(f"{GIVEN}answer/", suggestions.reply, name="suggestion_answer"),
    path(f"{GIVEN}improve/", suggestions.improve, name="suggestion_improve"),
]  # fmt: skip
