"""Playbooks, in words: what was done to them, what is wrong with them, what their steps are."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shangdun.respond.phases import Phase
from shangdun.respond.playbook import Automatic, Kind, Problem

ACTIONS: dict[str, Promise] = {
    "bring_playbooks": gettext_lazy("brought the product's playbooks up to date"),
    "save_playbook": gettext_lazy("changed a playbook"),
    "revert_playbook": gettext_lazy("put an earlier version of a playbook into force"),
    "restore_playbook": gettext_lazy("put the product's own playbook into force again"),
    "enable_playbook": gettext_lazy("took a playbook into use"),
    "disable_playbook": gettext_lazy("took a playbook out of use"),
}
PROBLEMS: dict[str, Promise] = {
    "playbook.reason": gettext_lazy("Say why: whoever follows it in the night wants to know."),
    "playbook.id": gettext_lazy("A playbook keeps its identifier. Save this as a new one instead."),
    "playbook.problems": gettext_lazy(
        "It has errors, so nobody could walk it to its end. Correct them, or take it out of use."
    ),
    "playbook.json": gettext_lazy("This is no CACAO document in JSON."),
    "playbook.shape": gettext_lazy("This is not of the shape that CACAO 2.0 asks for."),
    "playbook.size": gettext_lazy("This is larger than any playbook has to be."),
    "playbook.yaml": gettext_lazy("The text cannot be read."),
    "course.state": gettext_lazy("Somebody was first: look at the board again."),
    "course.key": gettext_lazy("This course never came to that step."),
    "course.value": gettext_lazy("This step gives no value of that name."),
    "course.begin": gettext_lazy("A course begins once."),
    "course.states": gettext_lazy("What was kept of this course cannot be read."),
    "course.outcome": gettext_lazy("No step ends like that."),
    "condition.syntax": gettext_lazy("The condition cannot be read."),
    "condition.unknown": gettext_lazy("The condition asks for a value that nobody has given yet."),
}
PHASES: dict[Phase, Promise] = {
    Phase.RESPONSE: pgettext_lazy("phase", "Response"),
    Phase.LOGISTICS: pgettext_lazy("phase", "Logistics"),
    Phase.CLEANUP: pgettext_lazy("phase", "Cleanup"),
    Phase.REVIEW: gettext_lazy("Post-incident report"),
}
"""Those that a step can belong to: report and order come before any playbook."""
KINDS: dict[Kind, Promise] = {
    Kind.START: gettext_lazy("Start"),
    Kind.END: gettext_lazy("End"),
    Kind.ACTION: gettext_lazy("Step"),
    Kind.PLAYBOOK: gettext_lazy("Another playbook"),
    Kind.PARALLEL: gettext_lazy("Side by side"),
    Kind.IF: gettext_lazy("If … then"),
    Kind.WHILE: gettext_lazy("Repeat while"),
    Kind.SWITCH: gettext_lazy("Choice"),
}
AUTOMATIC: dict[Automatic, Promise] = {
    Automatic.BLOCK: gettext_lazy("Blocks by itself"),
    Automatic.UNBLOCK: gettext_lazy("Unblocks by itself"),
    Automatic.COLLECT: gettext_lazy("Collects evidence by itself"),
    Automatic.SEARCH: gettext_lazy("Searches by itself"),
    Automatic.NOTIFY: gettext_lazy("Tells groups by itself"),
    Automatic.HTTP: gettext_lazy("Calls another system"),
}
CHECKS: dict[str, tuple[Promise, Promise]] = {
    "step.start": (
        gettext_lazy("The course has no beginning."),
        gettext_lazy("Name a step of type start."),
    ),
    "step.starts": (
        gettext_lazy("There is a second beginning."),
        gettext_lazy("Keep one step of type start."),
    ),
    "step.dangling": (
        gettext_lazy("%(where)s leads to a step that is not there."),
        gettext_lazy("Name a step that is there, or write the missing one."),
    ),
    "step.ways": (
        gettext_lazy("What follows success, failure and either way contradict each other."),
        gettext_lazy("Either one way whatever happens, or one for success and one for failure."),
    ),
    "step.no_end": (
        gettext_lazy("Nothing follows it, and it is no end."),
        gettext_lazy("Let an end follow."),
    ),
    "step.unreachable": (
        gettext_lazy("No way leads to it."),
        gettext_lazy("Let a step lead to it, or remove it."),
    ),
    "step.cycle": (
        gettext_lazy("The course runs in a circle."),
        gettext_lazy("Only “repeat while” repeats: put what is repeated into its body."),
    ),
    "step.join": (
        gettext_lazy("A branch runs on into what follows all of them: %(where)s."),
        gettext_lazy("Let each branch end: what follows comes by itself."),
    ),
    "step.parallel": (
        gettext_lazy("Two branches that run at once both come to %(where)s: it would run twice."),
        gettext_lazy("End both branches and put that step below."),
    ),
    "step.no_join": (
        gettext_lazy("The branch %(where)s never comes to an end."),
        gettext_lazy("Let the branch end."),
    ),
    "step.playbook": (
        gettext_lazy("The playbook that it calls is not here, or not in use."),
        gettext_lazy("Import it or take it into use, or remove the step."),
    ),
    "step.recursion": (
        gettext_lazy("The playbook calls itself."),
        gettext_lazy("Use “repeat while” to repeat steps."),
    ),
    "step.key": (
        gettext_lazy("Another step is called %(where)s too."),
        gettext_lazy("Give each step a key of its own."),
    ),
    "step.owner": (
        gettext_lazy("No group of the plan does it."),
        gettext_lazy("Choose the group that does it."),
    ),
    "step.name": (
        gettext_lazy("It has no name."),
        gettext_lazy("Say in a few words what is done."),
    ),
    "step.command": (
        gettext_lazy("Commands of this kind are not run here (%(where)s): people are shown them."),
        gettext_lazy("Write what people have to do."),
    ),
    "step.commands": (
        gettext_lazy("A call of another system stands beside other commands."),
        gettext_lazy("Give the call a step of its own, so that it is never made twice."),
    ),
    "step.automatic": (
        gettext_lazy("There is no automatic step of this kind."),
        gettext_lazy("Choose one that there is."),
    ),
    "step.parameter": (
        gettext_lazy("The automatic step needs %(where)s."),
        gettext_lazy("Give it."),
    ),
    "step.entity": (
        gettext_lazy("Nothing of the kind %(where)s can be blocked."),
        gettext_lazy("Choose addresses, ranges, accounts, sessions or devices."),
    ),
    "step.groups": (
        gettext_lazy("There is no group %(where)s."),
        gettext_lazy("Choose groups of the plan."),
    ),
    "step.confirm": (
        gettext_lazy("It changes something outside, and nobody looks first."),
        gettext_lazy("Let a person confirm it, unless waiting does more harm."),
    ),
    "step.timeout": (
        gettext_lazy("Nobody can keep this time-out."),
        gettext_lazy("10 seconds to 30 days."),
    ),
    "step.delay": (gettext_lazy("It begins after weeks."), gettext_lazy("At most 30 days.")),
    "step.minutes": (
        gettext_lazy("The time allowed is longer than a month."),
        gettext_lazy("Give fewer minutes."),
    ),
    "step.early_timeout": (
        gettext_lazy("The course goes on without it before its time is over."),
        gettext_lazy("Give a time-out no shorter than the minutes allowed."),
    ),
    "variable.undefined": (
        gettext_lazy("Nothing defines %(where)s."),
        gettext_lazy("Define it among the variables, or correct its name."),
    ),
    "variable.unset": (
        gettext_lazy("%(where)s decides what follows, and no step gives it a value."),
        gettext_lazy("Give it a value at the start, or let a step before ask for it."),
    ),
    "variable.constant": (
        gettext_lazy("%(where)s is constant, so a step cannot give it a value."),
        gettext_lazy("Make it no constant, or do not ask for it."),
    ),
    "variable.not_theirs": (
        gettext_lazy("The playbook that it calls has no variable %(where)s."),
        gettext_lazy("Use the same name in both."),
    ),
    "variable.unused": (
        gettext_lazy("Nothing uses %(where)s."),
        gettext_lazy("Remove it, or use it."),
    ),
    "condition.syntax": (
        gettext_lazy("The condition cannot be read (%(where)s)."),
        gettext_lazy("Compare a variable with a value: __name__:value = 'true'."),
    ),
}
"""Code of a problem → what is wrong, what to do; ``where`` is filled in."""


def told(problem: Problem) -> tuple[str, str]:
    """(what is wrong, what to do) in the page's language."""
    words = CHECKS.get(problem.code)
    if words is None:
        return problem.message, problem.fix
    where = {"where": problem.where or _("something")}
    return str(words[0]) % where, str(words[1]) % where
