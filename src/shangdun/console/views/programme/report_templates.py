"""Templates of reports: what there is, changing one with its preview, earlier texts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.reports.agenda import current_programme
from shangdun.actions.reports.sections import Asked
from shangdun.actions.reports.templates import Text, current, do_save_template, keys, shipped
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.meetings import TemplateForm
from shangdun.console.problems import said
from shangdun.console.programme.reports import facts, placeholders, preview_of
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.meetings import TEMPLATE_FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import DocumentLanguage, ReportTemplateText
from shangdun.records.roles import Capability

MANAGES = Capability.MANAGE_REPORTS
DAYS = {"weekly": 7, "monthly": 30}
"""What a preview looks back on; any other report: a quarter."""


@page("plan_reports", Capability.VIEW_REPORTS)
def templates(request: Request) -> HttpResponseBase:
    """All templates in both languages."""
    rows = []
    for key in keys():
        for language, name in DocumentLanguage.choices:
            try:
                text, own = current(key, language)
            except NotFound:
                continue
            rows.append({"key": key, "language": language, "name": name, "text": text, "own": own})
    context = {"rows": rows, "manages": request.user.can(MANAGES)}
    return render(request, "plan_reports/templates.html", context)


@page("plan_reports", MANAGES, methods=("GET", "HEAD", "POST"))
def edit(request: Request, key: str, language: str) -> HttpResponseBase:
    """A template with what it would say today beside it."""
    text, own = current(key, language)
    if request.GET.get("text") == "shipped" and language in shipped().get(key, {}):
        text = shipped()[key][language]
    initial = {"title": text.title, "body": text.body, "version": own.number if own else 0}
    form = TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, form, key, language)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "key": key,
        "language": language,
        "own": own,
        "preview": _preview(
            key, language, str(form["title"].value()), str(form["body"].value() or "")
        ),
        "placeholders": placeholders(),
        "facts": facts(),
        "earlier": list(_earlier(key, language)[:20]),
        "shipped": language in shipped().get(key, {}),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "plan_reports/template.html", context, status=status)


def _save(request: Request, form: TemplateForm, key: str, language: str) -> HttpResponseBase | None:
    given = form.cleaned_data
    try:
        do_save_template(
            request.user,
            Text(given["title"], given["body"]),
            key=key,
            language=language,
            note=given["note"],
            version=given["version"],
        )
    except EditConflict as conflict:
        return conflict_page(
            request, conflict, about=given["title"], back=request.path, labels=TEMPLATE_FIELDS
        )
    except UsageError as error:
        where = f"{error.where}: " if error.where else ""
        form.add_error("body", f"{where}{said(error)}")
        return None
    messages.success(request, _("Kept. The next draft is made of it; earlier reports stay."))
    return redirect("report_template", key, language)


@page("plan_reports", MANAGES, methods=("POST",))
def preview(request: Request, key: str, language: str) -> HttpResponseBase:
    """How the text that is being written would look."""
    if language not in DocumentLanguage.values:
        raise NotFound("there is no such language", fix="zh-hans or en")
    title, body = request.POST.get("title", ""), request.POST.get("body", "")
    context = {"preview": _preview(key, language, title, body)}
    return render(request, "plan_reports/preview.html", context)


def _preview(key: str, language: str, title: str, body: str) -> Any:  # noqa: ANN401 - for a template
    zone, now = console_zone(), timezone.now()
    until = now.astimezone(zone).date() - timedelta(days=1)
    since = until - timedelta(days=DAYS.get(key, 91) - 1)
    asked = Asked(since, until, now, language, current_programme(), zone)
    return preview_of(body, title, asked)


def _earlier(key: str, language: str) -> Any:  # noqa: ANN401 - a queryset of texts
    texts = ReportTemplateText.objects.select_related("by")
    return texts.filter(template__key=key, template__language=language).order_by("-number")
