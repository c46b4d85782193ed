"""Reporting an incident: any employee, in a minute; kept in a file where the records fail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.report_incident import do_report_incident
from shangdun.console.forms.incidents import ReportForm
from shangdun.console.outage import OUTAGE, is_outage
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.reporting import thanks
from shangdun.kernel.errors import UsageError
from shangdun.records.report_spool import keep, kept_from, new_uid, uid_from
from shangdun.records.roles import Capability


@page("report", Capability.REPORT_INCIDENT, methods=("GET", "HEAD", "POST"))
def report(request: Request) -> HttpResponseBase:
    form = ReportForm(request.POST or None, initial={"uid": new_uid()})
    if request.method == "POST" and form.is_valid():
        uid = uid_from(form.cleaned_data["uid"])
        try:
            incident = do_report_incident(request.user, form.report(), uid=uid)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        except (DatabaseError, InterfaceError) as error:
            if not is_outage(error):
                raise
            return _kept(request, form, uid)
        else:
            messages.success(
                request,
                _("Thank you. Your report is incident #%(number)d.") % {"number": incident.number},
            )
            return redirect("incident", incident.number)
    status = 422 if form.errors else 200
    return render(request, "incidents/report.html", {"form": form}, status=status)


def _kept(request: Request, form: ReportForm, uid: str) -> HttpResponseBase:
    """Under the same uid: whether or not the records took it before they failed."""
    OUTAGE.note()
    kept = kept_from(
        form.report(), uid=uid, via="page", at=timezone.now(), reporter=request.user.pk
    )
    keep(settings.HOME, kept)
    return thanks(kept.uid)
