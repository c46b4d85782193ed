"""The page behind a letter's link: one click and no more letters come (RFC 8058). No cookie."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from shangdun.actions.mailings.forget import ANYBODY, do_subscribe_again, do_unsubscribe
from shangdun.console.views.programme.survey_public import language_of, plain_page, too_often
from shangdun.records.mailings import mark_behind
from shangdun.records.models import Unsubscribed

log = logging.getLogger(__name__)


# The token in the address permits it; mail programs post without asking for a page first.
@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A look changes nothing, as programs that scan mail look at every link; a POST does it."""
    language = language_of(request)
    with translation.override(language):
        try:
            return _answered(request, token, language)
        except DatabaseError:
            log.exception("somebody cannot be unsubscribed")
            return plain_page("mailings/unsubscribe.html", {"away": True}, 503)


def _answered(request: HttpRequest, token: str, language: str) -> HttpResponse:
    if too_often(request, "unsubscribe"):
        return plain_page("mailings/unsubscribe.html", {"often": True}, 429)
    mark = mark_behind(token)
    if not mark:
        return plain_page("mailings/unsubscribe.html", {"gone": True}, 404)
    if request.method == "POST" and request.POST.get("again"):
        do_subscribe_again(ANYBODY, token=token)
    elif request.method == "POST":
        do_unsubscribe(ANYBODY, token=token)
    context = {
        "token": token,
        "lang": language,
        "off": Unsubscribed.objects.filter(mark=mark).exists(),
        "done": request.method == "POST",
    }
    return plain_page("mailings/unsubscribe.html", context, 200)
