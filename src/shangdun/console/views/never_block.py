"""Who is never turned away: the list, entering somebody, taking somebody off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.change_never_block import KEEPERS, Protection, do_protect, do_unprotect
from shangdun.console.decisions import KIND_ICONS
from shangdun.console.forms.decisions import NeverBlockForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.protect.never_block import Purpose
from shangdun.records.protected import visible_never_block
from shangdun.records.roles import Capability

PAGE = 100


@page("decisions", Capability.VIEW_DECISIONS)
def never_block(request: Request) -> HttpResponseBase:
    """The list, and the form beside it."""
    return _list(request, NeverBlockForm())


@page("decisions", *KEEPERS, methods=("POST",))
def protect(request: Request) -> HttpResponseBase:
    """Enter somebody; decisions that turn him away end at once."""
    form = NeverBlockForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    given = form.cleaned_data
    wanted = Protection(target=form.target(), purpose=Purpose(given["purpose"]), note=given["note"])
    try:
        do_protect(request.user, wanted)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _list(request, form, status=422)
    messages.success(request, _("Nobody turns it away from now on."))
    return redirect("never_block")


@page("decisions", *KEEPERS, methods=("POST",))
def unprotect(request: Request, entry_id: int) -> HttpResponseBase:
    """Take an entry off the list."""
    try:
        do_unprotect(request.user, entry_id=entry_id)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("Removed."))
    return redirect("never_block")


def _list(request: Request, form: NeverBlockForm, *, status: int = 200) -> HttpResponseBase:
    pages = Paginator(visible_never_block(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "rows": [(row, KIND_ICONS.get(row.kind, "cube")) for row in pages],
        "form": form,
        "keeps": request.user.can(*KEEPERS),
    }
    return render(request, "decisions/never_block.html", context, status=status)
