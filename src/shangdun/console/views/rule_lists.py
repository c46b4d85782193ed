"""The lists that rules name: who is on them, since when, and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.change_rule_list import (
    do_add_to_rule_list,
    do_remove_from_rule_list,
    do_remove_rule_list,
)
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.roles import Capability
from shangdun.records.rule_documents import KNOWN_LISTS
from shangdun.records.rule_history import visible_lists

ABOUT: dict[str, Promise] = {
    "allowed_crawlers": gettext_lazy(
        "Crawlers that may read the catalogue: search engines, partners who compare prices."
    ),
    "internal_addresses": gettext_lazy("Addresses and networks of the company itself."),
    "staff_addresses": gettext_lazy("Addresses from which staff work."),
}
ENTRIES_SHOWN = 500


@page("rules", Capability.VIEW_RULES)
def lists(request: Request) -> HttpResponseBase:
    """Every list with its entries; those that rules of the product name are always there."""
    known = {one.name: one for one in visible_lists(request.user)}
    names = [*KNOWN_LISTS, *(name for name in known if name not in KNOWN_LISTS)]
    missing = [
        error
        for error in [*RULEBOOK.ruleset().errors, *RULEBOOK.ruleset().skipped]
        if "there is no list" in error.message
    ]
    shown = []
    for name in names:
        entries = list(known[name].entries.all()) if name in known else []
        entries.sort(key=lambda entry: entry.value)
        about = ABOUT.get(name) or (known[name].about if name in known else "")
        shown.append((name, about, entries[:ENTRIES_SHOWN], len(entries), name in KNOWN_LISTS))
    return render(request, "rules/lists.html", {"lists": shown, "missing": missing[:20]})


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def add(request: Request) -> HttpResponseBase:
    """Put values on a list, one a line."""
    name = request.POST.get("name", "").strip()
    try:
        added = do_add_to_rule_list(
            request.user,
            list_name=name,
            values=request.POST.get("values", "").splitlines(),
            reason=request.POST.get("reason", ""),
        )
        if added:
            messages.success(request, _("Added. Rules know it in a few seconds."))
        else:
            messages.info(request, _("Nothing new: all of it is on the list already."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("rule_lists")


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def remove(request: Request) -> HttpResponseBase:
    """Take a value off a list, or the list away."""
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    reason = request.POST.get("reason", "")
    try:
        if value:
            do_remove_from_rule_list(request.user, list_name=name, value=value, reason=reason)
        else:
            do_remove_rule_list(request.user, list_name=name, reason=reason)
        messages.success(request, _("Removed. Rules know it in a few seconds."))
    except (UsageError, NotFound) as error:
        messages.error(request, str(said(error)))
    return redirect("rule_lists")
