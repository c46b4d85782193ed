"""Settings › Company: who the company is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.documents.company import do_change_company
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.documents import CompanyForm, company_of
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.documents import COMPANY_FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import company as the_company
from shangdun.records.roles import Capability


@page(
    "settings",
    Capability.MANAGE_ORGANISATION,
    Capability.VIEW_ORGANISATION,
    methods=("GET", "HEAD", "POST"),
)
def company(request: Request) -> HttpResponseBase:
    """Name, addresses, what laws apply, the logo."""
    row = the_company()
    form = CompanyForm(request.POST or None, request.FILES or None, initial=company_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            do_change_company(
                request.user,
                form.facts(),
                logo=form.picture(),
                version=form.cleaned_data["version"] or None,
            )
        except EditConflict as conflict:
            return conflict_page(
                request, conflict, about=str(row), back=request.path, labels=COMPANY_FIELDS
            )
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("company")
    context = {
        "form": form,
        "row": row,
        "changes": request.user.can(Capability.MANAGE_ORGANISATION),
    }
    return render(request, "settings/company.html", context, status=422 if form.errors else 200)


@page("settings", Capability.VIEW_ORGANISATION)
def logo(request: Request) -> HttpResponse:
    """The logo as it was drawn anew."""
    del request
    picture = bytes(the_company().logo)
    if not picture:
        raise NotFound("there is no logo", fix="add one on the company's page")
    response = HttpResponse(picture, content_type="image/png")
    response.headers["Cache-Control"] = "private, no-cache"
    return response
