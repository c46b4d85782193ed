"""Reporting an incident: any employee, in a minute."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.report_incident import do_report_incident
from shangdun.console.forms.incidents import ReportForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.roles import Capability


@page("report", Capability.REPORT_INCIDENT, methods=("GET", "HEAD", "POST"))
def report(request: Request) -> HttpResponseBase:
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            incident = do_report_incident(request.user, form.report())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(
                request,
                _("Thank you. Your report is incident #%(number)d.") % {"number": incident.number},
            )
            return redirect("incident", incident.number)
    status = 422 if form.errors else 200
    return render(request, "incidents/report.html", {"form": form}, status=status)
