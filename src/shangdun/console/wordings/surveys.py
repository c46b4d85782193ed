"""Surveys, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTIONS: dict[str, Promise] = {
    "prepare_survey": gettext_lazy("began a survey"),
    "prepare_round": gettext_lazy("prepared the half-yearly survey"),
    "change_survey": gettext_lazy("changed a survey's texts"),
    "save_question": gettext_lazy("wrote a question of a survey"),
    "move_question": gettext_lazy("moved a question of a survey"),
    "remove_question": gettext_lazy("took a question out of a survey"),
    "open_survey": gettext_lazy("opened a survey"),
    "close_survey": gettext_lazy("closed a survey"),
    "archive_survey": gettext_lazy("put a survey away"),
    "invite": gettext_lazy("made invitations to a survey"),
    "make_links": gettext_lazy("made links to a survey, to be handed out"),
    "remind_invited": gettext_lazy("listed invitations to a survey that are unused"),
    "remind_of_survey": gettext_lazy("reminded of a survey"),
    "answer_survey": gettext_lazy("answered a survey"),
}
PROBLEMS: dict[str, Promise] = {
    "survey.opened": gettext_lazy(
        "This survey was opened: its questions never change. Copy it and change the copy."
    ),
    "survey.open": gettext_lazy("The survey is open: close it first."),
    "survey.draft": gettext_lazy("The survey was not opened yet."),
    "survey.not_open": gettext_lazy("The survey is not open."),
    "survey.link": gettext_lazy("This survey has an open link: hand that out."),
    "survey.count": gettext_lazy("Between 1 and 20,000 at once."),
    "survey.gone": gettext_lazy("This link opens nothing."),
    "survey.title": gettext_lazy("A survey needs a title."),
    "survey.least": gettext_lazy("The smallest group has 5 to 1000 answers."),
    "survey.dates": gettext_lazy("It would close before it opens."),
    "survey.closes": gettext_lazy("Say the last day for answers; it must be to come."),
    "survey.language": gettext_lazy("Chinese or English is missing: people read one of them."),
    "survey.long": gettext_lazy("This text is too long."),
    "survey.text": gettext_lazy("A question needs a text."),
    "survey.empty": gettext_lazy("There is no question yet."),
    "survey.many": gettext_lazy("At most 40 questions; fewer are answered better."),
    "survey.twice": gettext_lazy("Two questions have the same key."),
    "survey.choices": gettext_lazy("It needs 2 to 20 answers to choose from."),
    "survey.choice_twice": gettext_lazy("Two answers are the same."),
    "survey.choice_language": gettext_lazy("An answer lacks Chinese or English."),
    "survey.groups": gettext_lazy("Only “one answer of several” can make groups."),
    "survey.rule": gettext_lazy("It depends on a question that does not come before it."),
    "survey.rule_answer": gettext_lazy("It depends on an answer that is not there."),
    "survey.list": gettext_lazy("Paste one address a line, or choose a CSV file in UTF-8."),
    "answer.missing": gettext_lazy("Please answer this question."),
    "answer.unknown": gettext_lazy("Please choose one of the answers."),
    "answer.long": gettext_lazy("Please be brief: 2,000 characters at most."),
    "answer.often": gettext_lazy("Too many answers came in at once. Please try again in a minute."),
    "answer.ticket": gettext_lazy("The page lay open too long. Please send it again."),
}
