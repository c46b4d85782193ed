"""Meetings, reports and what recurs, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

ACTIONS: dict[str, Promise] = {
    "call_meeting": gettext_lazy("called a meeting"),
    "change_meeting": gettext_lazy("changed a meeting"),
    "send_invitations": gettext_lazy("sent the invitations to a meeting"),
    "cancel_meeting": gettext_lazy("called a meeting off"),
    "answer_invitation": gettext_lazy("answered an invitation"),
    "set_agenda": gettext_lazy("changed the agenda of a meeting"),
    "draft_agenda": gettext_lazy("drafted the agenda of a meeting"),
    "hold_meeting": gettext_lazy("wrote down how a meeting went"),
    "minute_decision": gettext_lazy("wrote down a decision of a meeting"),
    "write_minutes": gettext_lazy("drafted the minutes of a meeting"),
    "add_action_item": gettext_lazy("gave somebody something to do in a meeting"),
    "change_action_item": gettext_lazy("changed an action of a meeting"),
    "finish_action_item": gettext_lazy("finished an action of a meeting"),
    "drop_action_item": gettext_lazy("dropped an action of a meeting"),
    "improve_from_action": gettext_lazy("made an action of a meeting an improvement"),
    "make_meeting": gettext_lazy("scheduled a meeting that recurs"),
    "remind_of_meeting": gettext_lazy("reminded of a meeting"),
    "say_meetings_missed": gettext_lazy("said which meetings were not held"),
    "remind_of_action": gettext_lazy("reminded of an action of a meeting"),
    "add_rhythm": gettext_lazy("let something recur"),
    "change_rhythm": gettext_lazy("changed what recurs"),
    "switch_rhythm": gettext_lazy("paused or resumed what recurs"),
    "issue_feed": gettext_lazy("made a calendar address"),
    "revoke_feed": gettext_lazy("revoked a calendar address"),
    "make_report_due": gettext_lazy("dated a report that is due"),
    "draft_report": gettext_lazy("drafted a report"),
    "send_report": gettext_lazy("sent a report"),
    "remind_of_report": gettext_lazy("reminded of a report"),
    "say_reports_missed": gettext_lazy("said which reports were missed"),
    "save_template": gettext_lazy("changed the template of a report"),
}
PROBLEMS: dict[str, Promise] = {
    "meeting.title": gettext_lazy("A meeting needs a title of one line."),
    "meeting.kind": gettext_lazy("Choose a kind of the list."),
    "meeting.minutes": gettext_lazy("A meeting takes 5 to 720 minutes."),
    "meeting.people": gettext_lazy("At most 300 people can be invited."),
    "meeting.reason": gettext_lazy("Say why it is called off."),
    "meeting.state": gettext_lazy("This is not possible as the meeting stands now."),
    "meeting.answer": gettext_lazy("Say yes, perhaps or no."),
    "meeting.over": gettext_lazy("The meeting is over: there is nothing to answer."),
    "meeting.points": gettext_lazy("An agenda has 1 to 60 points."),
    "meeting.point": gettext_lazy("Each point needs a title of one line."),
    "meeting.early": gettext_lazy(
        "It has not begun yet. If it was held earlier, change its time first."
    ),
    "meeting.nobody": gettext_lazy("Say who was there, or call the meeting off."),
    "meeting.decision": gettext_lazy("Say in a few words what was decided."),
    "meeting.minuted": gettext_lazy("Its minutes are a document already: write it there."),
    "meeting.long": gettext_lazy("This text is too long."),
    "action_item.title": gettext_lazy("Say in one line what is to be done."),
    "action_item.result": gettext_lazy("Say in a sentence what came of it."),
    "action_item.over": gettext_lazy("It is over: add a new one."),
    "rhythm.title": gettext_lazy("It needs a name of one line."),
    "rhythm.kind": gettext_lazy("Choose a kind of the list."),
    "rhythm.days": gettext_lazy("So many days would let two windows meet: choose fewer."),
    "rhythm.minutes": gettext_lazy("5 to 720 minutes, prepared at most 60 days ahead."),
    "rhythm.many": gettext_lazy("Enough things recur: change one of them."),
    "report.early": gettext_lazy("Its period is not over yet."),
    "report.unpublished": gettext_lazy(
        "No approved text is in force: have the document reviewed, approved and published first."
    ),
    "report.nobody": gettext_lazy("Nobody is to receive it: say who, under what recurs."),
    "template.title": gettext_lazy("It needs a title of one line."),
    "template.language": gettext_lazy("Choose Chinese or English."),
    "template.unknown": gettext_lazy("Nothing is filled in under this name."),
    "template.tag": gettext_lazy("Only names stand between the braces, no expressions."),
    "template.braces": gettext_lazy("These braces do not close in their line."),
    "template.alone": gettext_lazy("This has to stand in a line of its own."),
    "template.unclosed": gettext_lazy("This condition is not closed."),
    "template.stray": gettext_lazy("There is no open condition here."),
    "template.twice": gettext_lazy("This condition has a second “else”."),
    "template.deep": gettext_lazy("Conditions stand at most three deep in each other."),
    "template.long": gettext_lazy("The template is too long: at most 60,000 characters."),
    "template.empty": gettext_lazy("The template is empty."),
}
FIELDS = {
    "title": gettext_lazy("Title"),
    "begins_at": gettext_lazy("Begins"),
    "location": gettext_lazy("Place or link"),
    "state": gettext_lazy("State"),
}
ITEM_FIELDS = {
    "title": pgettext_lazy("action item", "What is to be done"),
    "due": gettext_lazy("Due"),
    "state": gettext_lazy("State"),
    "result": gettext_lazy("What came of it"),
}
RHYTHM_FIELDS = {
    "title": gettext_lazy("Title"),
    "period": pgettext_lazy("rhythm", "How often"),
    "place": gettext_lazy("When"),
    "days": gettext_lazy("How many days"),
    "groups": gettext_lazy("Groups"),
}
TEMPLATE_FIELDS = {"title": gettext_lazy("Title"), "body": gettext_lazy("Text")}
