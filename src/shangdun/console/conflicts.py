"""Two people at once: both versions side by side, and the choice between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shangdun.records.conflict import EditConflict


def conflict_page(
    request: HttpRequest,
    conflict: EditConflict,
    *,
    about: str,
    back: str,
    labels: Mapping[str, Promise | str],
) -> HttpResponse:
    """``labels`` names the fields to show, in order; ``about`` what it is; ``back`` its page.

    The form is posted again as it was, with the version that stands now: nobody types twice.
    """
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "version"}
        for value in values
    ]
    context = {
        "about": about,
        "back": back,
        "mine": _shown(conflict.mine, labels),
        "theirs": _shown(conflict.theirs, labels),
        "action": request.get_full_path(),
        "again": [*kept, ("version", conflict.theirs["version"])],
    }
    return render(request, "parts/conflict.html", context, status=409)


def _shown(version: Mapping[str, Any], labels: Mapping[str, Promise | str]) -> list[dict[str, str]]:
    return [
        {"label": str(label), "value": _plain(version.get(name))} for name, label in labels.items()
    ]


def _plain(value: object) -> str:
    if value is None or value in ("", [], ()):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return _(", ").join(str(item) for item in value)
    return str(value)
