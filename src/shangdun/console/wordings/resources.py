"""People, materials and money of a programme, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTIONS: dict[str, Promise] = {
    "add_resource": gettext_lazy("took a person or material into the plan"),
    "change_resource": gettext_lazy("changed a person or material of the plan"),
    "archive_resource": gettext_lazy("took a person or material out of the plan"),
    "assign": gettext_lazy("assigned somebody or something to a task"),
    "assign_owners": gettext_lazy("assigned owners to their subtasks"),
    "level_programme": gettext_lazy("let lighter tasks wait for people to have time"),
    "hand_over_work": gettext_lazy("handed work from one person to another"),
    "add_budget_line": gettext_lazy("planned money"),
    "change_budget_line": gettext_lazy("changed what is planned to be spent"),
    "archive_budget_line": gettext_lazy("took a line out of the budget"),
    "add_money_entry": gettext_lazy("booked a commitment or payment"),
    "cancel_money_entry": gettext_lazy("cancelled a booking"),
    "move_budget": gettext_lazy("moved budget from one line to another"),
}
PROBLEMS: dict[str, Promise] = {
    "resource.name": gettext_lazy("It needs a name."),
    "resource.long": gettext_lazy("This text is too long."),
    "resource.kind": gettext_lazy("Choose a person or a material, and how it is obtained."),
    "resource.account": gettext_lazy("There is no such account, or it is an outside expert's."),
    "resource.capacity": gettext_lazy("Write 1 to 100 per cent."),
    "resource.quantity": gettext_lazy("Write a whole number from 0 to 1,000,000."),
    "resource.days": gettext_lazy("It ends before it begins."),
    "resource.taken": gettext_lazy("There is one already: change that one."),
    "resource.archived": gettext_lazy("It is there no more: choose another."),
    "resource.assigned": gettext_lazy("Tasks wait for it: give them to somebody else first."),
    "resource.amount": gettext_lazy("Write 0 to 100 per cent of the day, or how many pieces."),
    "resource.task": gettext_lazy("Assign to its subtasks: nobody works on it itself."),
    "resource.many": gettext_lazy("At most 50 people and materials for one task."),
    "resource.hand_over": gettext_lazy("Choose a task, who has it, and who takes it over."),
    "resource.moved": gettext_lazy("The plan changed since this was shown: look at it again."),
    "money.amount": gettext_lazy("Write an amount as 12000.50."),
    "money.places": gettext_lazy("This currency has no such small fraction."),
    "money.currency": gettext_lazy("There is no such currency here."),
    "money.title": gettext_lazy("A budget line needs a title."),
    "money.taken": gettext_lazy("There is such a line already: change that one."),
    "money.many": gettext_lazy("At most 500 budget lines for one programme."),
    "money.fixed": gettext_lazy("Its amounts are in its currency: add another line instead."),
    "money.used": gettext_lazy("Money is bound or spent: cancel its entries first."),
    "money.what": gettext_lazy("Say what it is for; a few words are enough."),
    "money.settles": gettext_lazy("Choose a commitment of this line that the payment is for."),
    "money.reason": gettext_lazy("Say why; a few words are enough."),
    "money.paid": gettext_lazy("It was paid in part: cancel the payments first."),
    "money.between": gettext_lazy("Choose two lines of one currency."),
    "money.move": gettext_lazy("So much is not free: what is bound or spent stays."),
    "money.archived": gettext_lazy("This line was taken out of the budget."),
    "money.task": gettext_lazy("Choose a task of this programme."),
}
