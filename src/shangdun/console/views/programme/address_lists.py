"""Lists of recipients: made for a purpose, filled, erased. No page shows a name or an address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from shangdun.actions.mailings.forget import do_erase_address_list, do_put_off
from shangdun.actions.mailings.lists import (
    Sheet,
    do_add_recipients,
    do_change_address_list,
    do_make_address_list,
    read_sheet,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.mailings import AddressListForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.communication import FORM, frame
from shangdun.console.views.response.uploads import SealedFile, sealed_uploads
from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.records.affected_upload import chunks
from shangdun.records.conflict import EditConflict
from shangdun.records.mailings import KEEPERS, get_address_list, visible_address_lists
from shangdun.records.models import AddressList
from shangdun.records.roles import Capability
from shangdun.respond.affected.table import rows_in

SECTION = "communication"
VIEWS = (Capability.VIEW_COMMUNICATION, *KEEPERS)
LABELS = {
    "name": gettext_lazy("Name"),
    "purpose_zh": gettext_lazy("What the addresses are for, in Chinese"),
    "purpose_en": gettext_lazy("What the addresses are for, in English"),
    "origin": gettext_lazy("Where they come from and what these people agreed to"),
}
WRONG = {
    "email": gettext_lazy("this is no e-mail address"),
    "broken": gettext_lazy("characters that cannot be read"),
    "nobody": gettext_lazy("the address is empty"),
}


@page(SECTION, *VIEWS, methods=FORM)
def address_lists(request: Request) -> HttpResponseBase:
    """The lists; making one."""
    keeps = request.user.can(*KEEPERS)
    form = AddressListForm(request.POST if request.method == "POST" and keeps else None)
    if form.is_bound and form.is_valid():
        try:
            made = do_make_address_list(request.user, form.list())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("address_list", made.pk)
    rows = list(visible_address_lists(request.user))
    context = frame(request, "lists") | {"rows": rows, "form": form, "keeps": keeps}
    return render(request, "mailings/lists.html", context, status=422 if form.errors else 200)


@page(SECTION, *KEEPERS, methods=("POST",))
def put_off(request: Request) -> HttpResponseBase:
    """An address to which no more letters go, as somebody told us."""
    try:
        do_put_off(request.user, request.POST.get("email", "")[:300])
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("No letters go there but those the law demands."))
    return redirect("address_lists")


@page(SECTION, *VIEWS, methods=FORM)
def address_list(request: Request, list_id: int) -> HttpResponseBase:
    """One list: what it is for, how many are on it; changing what it says."""
    found = get_address_list(request.user, list_id)
    if request.method != "POST" or not request.user.can(*KEEPERS):
        return _list(request, found)
    form = AddressListForm(request.POST)
    if not form.is_valid():
        return _list(request, found, form=form, status=422)
    try:
        version = form.cleaned_data["version"]
        do_change_address_list(request.user, form.list(), list_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/communication/recipients/{found.pk}/"
        return conflict_page(request, conflict, about=found.name, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _list(request, found, form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("address_list", found.pk)


@csrf_exempt
@page(SECTION, *KEEPERS, methods=("POST",))
@sealed_uploads
def fill(request: Request, list_id: int) -> HttpResponseBase:
    """Add who stands in a file or a pasted text; rows that do not fit are named first."""
    found = get_address_list(request.user, list_id)
    text, file = request.POST.get("names", ""), request.FILES.get("file")
    try:
        if isinstance(file, SealedFile):
            sheet = read_sheet(rows_in(chunks(file.upload.token)))
        else:
            sheet = read_sheet(rows_in([text.encode("utf-8", "replace")]))
        partly = "partly" in request.POST
        if sheet.refused and not partly:
            return _list(request, found, sheet=sheet, names=text, status=422)
        added = do_add_recipients(request.user, sheet.people, list_id=found.pk)
    except ShangdunError as error:
        return _list(request, found, problem=str(said(error)), names=text, status=422)
    told = _("%(fresh)d were added; %(known)d were on the list already.")
    messages.success(request, told % {"fresh": added.fresh, "known": added.known + sheet.twice})
    return redirect("address_list", found.pk)


@page(SECTION, *KEEPERS, methods=("POST",))
def erase(request: Request, list_id: int) -> HttpResponseBase:
    """Erase names and addresses."""
    found = get_address_list(request.user, list_id)
    try:
        do_erase_address_list(request.user, list_id=found.pk)
    except UsageError as error:
        return _list(request, found, problem=str(said(error)), status=422)
    messages.success(request, _("Names and addresses are erased; how many there were stays."))
    return redirect("address_lists")


def _list(
    request: Request,
    found: AddressList,
    *,
    form: AddressListForm | None = None,
    sheet: Sheet | None = None,
    status: int = 200,
    **more: Any,  # noqa: ANN401 - what the template shows beside
) -> HttpResponseBase:
    context = frame(request, "lists") | {
        "found": found,
        "keeps": request.user.can(*KEEPERS),
        "form": form or AddressListForm(initial=AddressListForm.initial_of(found)),
        "changing": form is not None,
        "sheet": sheet,
        "good": len(sheet.people) if sheet else 0,
        "wrong": [(row, WRONG.get(code, code)) for row, code in sheet.wrong] if sheet else [],
        "mailings": list(found.mailings.order_by("-pk")[:20]),
    }
    return render(request, "mailings/list.html", context | more, status=status)
