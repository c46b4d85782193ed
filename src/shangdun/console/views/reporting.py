"""Reports without an account and without the records: kept in a file, with a receipt."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from shangdun.console.forms.reporting import PublicReportForm
from shangdun.console.middleware.presence import neighbourhood_of
from shangdun.console.outage import OUTAGE, is_outage
from shangdun.console.problems import said
from shangdun.kernel.errors import ShangdunError, StoreError, UsageError
from shangdun.records.report_link import opens_report, outage_token
from shangdun.records.report_spool import keep, kept_from, new_uid, receipt_of
from shangdun.respond.report import check_report

log = logging.getLogger(__name__)

PER_MINUTE = 10
"""Of one address; and of everybody together ``ALL_PER_MINUTE``."""
ALL_PER_MINUTE = 120
SECONDS = 60


# The token in the address permits it; no cookie takes part, so nothing can be forged with one.
@csrf_exempt
@sensitive_post_parameters("contact")
def public_report(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind the link. Reads no session and no database; answers in any case."""
    with translation.override(translation.get_language_from_request(request)):
        now = timezone.now()
        if not opens_report(settings.HOME, token, now):
            return _closed()
        if request.method != "POST":
            return _form(PublicReportForm(initial={"uid": new_uid()}), token)
        return _taken(request, token)


def _taken(request: HttpRequest, token: str) -> HttpResponse:
    form = PublicReportForm(request.POST)
    if request.POST.get("homepage"):
        return thanks(new_uid())  # a machine that fills in everything: it need not know
    if not form.is_valid():
        return _form(form, token, status=422)
    if too_often(request):
        form.add_error(None, str(said(UsageError("", code="report.often"))))
        return _form(form, token, status=429)
    now = timezone.now()
    try:
        check_report(form.report(), now)
        kept = kept_from(
            form.report(),
            uid=form.cleaned_data["uid"],
            via="link",
            at=now,
            contact=form.cleaned_data["contact"],
        )
        keep(settings.HOME, kept)
    except ShangdunError as error:
        form.add_error(None, str(said(error)))
        return _form(form, token, status=507 if isinstance(error, StoreError) else 422)
    return thanks(kept.uid)


def too_often(request: HttpRequest) -> bool:
    """Count the report; whether this address, or all together, handed in too many this minute."""
    minute = int(timezone.now().timestamp() // SECONDS)
    limits = {f"report:{minute}:{neighbourhood_of(request)}": PER_MINUTE}
    limits[f"report:{minute}"] = ALL_PER_MINUTE
    try:
        for key, most in limits.items():
            count = int(cache.get(key, 0)) + 1
            cache.set(key, count, SECONDS)
            if count > most:
                return True
    except OSError:
        log.warning("reports are not counted: the disk does not take it")
    return False


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw. Where the records are away, the page takes a report instead."""
    if is_outage(sys.exc_info()[1]):
        OUTAGE.note()
        return records_away(request)
    return HttpResponse(render_to_string("500.html"), status=500)


def records_away(request: HttpRequest) -> HttpResponse:
    """The records are away: say so, and offer the form, with what was typed into it."""
    if request.path.startswith(("/api/", "/v1/")):
        return _json_away()
    with translation.override(translation.get_language_from_request(request)):
        typed = request.POST if request.method == "POST" and "title" in request.POST else None
        form = PublicReportForm(typed and typed.dict() | {"uid": _uid(typed)})
        if not form.is_bound:
            form = PublicReportForm(initial={"uid": new_uid()})
        return _form(form, outage_token(timezone.now()), status=503, away=True)


def _uid(typed: Any) -> str:  # noqa: ANN401  a QueryDict
    return typed.get("uid") or new_uid()


def _json_away() -> HttpResponse:
    body = (
        '{"code": "records.down", "message": "the records cannot be reached", '
        '"fix": "try again; POST /api/incidents with the report token works meanwhile"}'
    )
    headers = {"Retry-After": "5"}
    return HttpResponse(body, status=503, content_type="application/json", headers=headers)


def _form(
    form: PublicReportForm, token: str, *, status: int = 200, away: bool = False
) -> HttpResponse:
    context = {"form": form, "token": token, "away": away, "status": status}
    return _page("reports/public.html", context, status)


def thanks(uid: str) -> HttpResponse:
    """Kept: the receipt, on a page that asks the records nothing."""
    return _page("reports/thanks.html", {"receipt": receipt_of(uid)}, 200)


def _closed() -> HttpResponse:
    return _page("reports/closed.html", {}, 404)


def _page(template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """Without a request: its context would ask who is signed in."""
    context |= {"LANGUAGE_CODE": translation.get_language(), "layout": "reports/plain.html"}
    return HttpResponse(render_to_string(template, context), status=status)
