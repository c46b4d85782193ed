"""Programmes, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTIONS: dict[str, Promise] = {
    "create_programme": gettext_lazy("began a programme"),
    "change_programme": gettext_lazy("changed a programme"),
    "close_programme": gettext_lazy("closed a programme"),
    "archive_programme": gettext_lazy("archived a programme"),
    "restore_programme": gettext_lazy("put an archived programme back on the list"),
    "submit_programme": gettext_lazy("submitted a programme for approval"),
    "adopt_programme": gettext_lazy("let an approved programme run"),
    "add_plan_task": gettext_lazy("added a task to a programme"),
    "change_plan_task": gettext_lazy("changed a task of a programme"),
    "move_plan_task": gettext_lazy("moved a task of a programme"),
    "archive_plan_task": gettext_lazy("took a task out of a programme"),
    "return_plan_task": gettext_lazy("put a task back into a programme"),
    "begin_plan_task": gettext_lazy("began a task of a programme"),
    "report_plan_progress": gettext_lazy("said how far a task of a programme is"),
    "tick_plan_task": gettext_lazy("ticked off a task of a programme"),
    "reopen_plan_task": gettext_lazy("reopened a task of a programme"),
    "drop_plan_task": gettext_lazy("dropped a task of a programme"),
    "restore_plan_task": gettext_lazy("took up a dropped task of a programme again"),
    "set_criteria": gettext_lazy("said what proves a task of a programme"),
    "judge_plan_task": gettext_lazy("looked at what proves a task of a programme"),
    "remind_of_plan_task": gettext_lazy("reminded the owner of a task of a programme"),
    "save_programme_template": gettext_lazy("kept a programme as a template"),
    "rename_programme_template": gettext_lazy("renamed a template of programmes"),
    "archive_programme_template": gettext_lazy("archived a template of programmes"),
    "keep_answers": gettext_lazy("answered one of the guided questions"),
    "finish_questions": gettext_lazy("made a programme by the guided questions"),
}
OUTCOMES: dict[str, Promise] = {
    "done": gettext_lazy("done by evidence"),
    "proven": gettext_lazy("what somebody ticked off is proven now"),
    "lost": gettext_lazy("what proved it no longer holds"),
    "back": gettext_lazy("what proved it holds again"),
    "noted": gettext_lazy("some of the evidence came or went"),
}
PROBLEMS: dict[str, Promise] = {
    "programme.title": gettext_lazy("It needs a title of at most 200 characters."),
    "programme.chapter": gettext_lazy("A chapter needs a title of at most 200 characters."),
    "programme.taken": gettext_lazy(
        "There is a programme of this title: go on with that one, or choose another title."
    ),
    "programme.long": gettext_lazy("This is too long, or too many: shorten it."),
    "programme.language": gettext_lazy("There is no such language."),
    "programme.start": gettext_lazy("Choose a day between 2005 and 2090."),
    "programme.calendar": gettext_lazy("There is no such calendar."),
    "programme.currency": gettext_lazy("A currency has three letters: CNY, USD, EUR …"),
    "programme.person": gettext_lazy("Choose somebody whose account is on."),
    "programme.over": gettext_lazy(
        "A programme that is closed or archived does not change: make a new one of it."
    ),
    "programme.draft": gettext_lazy("It never ran: archive it instead."),
    "programme.empty": gettext_lazy("There is nothing to approve: add tasks first."),
    "programme.unowned": gettext_lazy("These tasks have no owner: name one for each."),
    "plan_task.title": gettext_lazy("It needs a title of at most 200 characters."),
    "plan_task.taken": gettext_lazy("There is one of this title in this place already."),
    "plan_task.kind": gettext_lazy("There is no such kind of task."),
    "plan_task.scale": gettext_lazy("Choose 1 to 5."),
    "plan_task.days": gettext_lazy("Write 1 to 2,500 working days."),
    "plan_task.reason": gettext_lazy("Say why in a sentence."),
    "plan_task.progress": gettext_lazy("Write 0 to 99; tick it off when it is done."),
    "plan_task.follows": gettext_lazy(
        "Its state follows from what it consists of or waits for: work on that."
    ),
    "plan_task.state": gettext_lazy("It does not stand so any more: look at it as it is now."),
    "plan_task.archived": gettext_lazy("It was taken out of the programme: put it back first."),
    "plan_task.parent": gettext_lazy(
        "It cannot hang there: choose a task of this programme that is not below it."
    ),
    "plan_task.many": gettext_lazy("A programme has at most 6,000 tasks: make two of it."),
    "criterion.kind": gettext_lazy("There is no such kind of evidence."),
    "criterion.param": gettext_lazy("This value does not fit: look at the hint beside it."),
    "criterion.many": gettext_lazy("At most 10 things prove a task: make two tasks of it."),
    "template.unknown": gettext_lazy("There is no such template: choose one of the list."),
    "template.broken": gettext_lazy("This is no template: save it anew from a programme."),
    "template.title": gettext_lazy("It needs a title of at most 200 characters."),
    "template.taken": gettext_lazy("There is a template of this title: choose another."),
    "guided.step": gettext_lazy("There is no such step."),
    "guided.long": gettext_lazy("These answers are too long: shorten them."),
    "guided.nothing": gettext_lazy("No questions are open: begin with the first."),
    "guided.lead": gettext_lazy("Name one person who leads."),
    "guided.number": gettext_lazy("Write a number, 0 or more."),
}
