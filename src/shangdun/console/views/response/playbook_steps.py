"""What is done to a whole playbook: into use, out of it, back to an earlier version or to ours."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.actions.playbooks.save import do_restore_playbook, do_revert_playbook
from shangdun.actions.playbooks.switch import do_disable_playbook, do_enable_playbook
from shangdun.console.conflicts import conflict_page
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.response.playbooks import title_of
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Playbook
from shangdun.records.playbooks import get_playbook
from shangdun.records.roles import Capability

CLICKS: dict[str, tuple[Callable[..., Playbook], Promise]] = {
    "enable": (do_enable_playbook, _("In use: orders may start it.")),
    "disable": (do_disable_playbook, _("Out of use. What runs goes on.")),
    "restore": (do_restore_playbook, _("The product's own text is in force again.")),
}


@page("playbooks", Capability.MANAGE_PLAYBOOKS, methods=("POST",))
def click(request: Request, uid: str) -> HttpResponseBase:
    """One of ``CLICKS``, with a reason."""
    get_playbook(request.user, uid)
    verb = next((name for name in CLICKS if request.POST.get("do") == name), "")
    if verb:
        act, words = CLICKS[verb]
        try:
            act(request.user, uid=uid, reason=request.POST.get("reason", ""))
            messages.success(request, str(words))
        except UsageError as error:
            where = f" {error.where}" if error.where else ""
            messages.error(request, f"{said(error)}{where}")
    return redirect("playbook", uid)


@page("playbooks", Capability.MANAGE_PLAYBOOKS, methods=("POST",))
def revert(request: Request, uid: str) -> HttpResponseBase:
    """Make an earlier version the newest."""
    row = get_playbook(request.user, uid)
    number, version = _whole(request.POST.get("number")), _whole(request.POST.get("version"))
    try:
        do_revert_playbook(
            request.user,
            uid=uid,
            number=number or 0,
            reason=request.POST.get("reason", ""),
            version=version,
        )
        messages.success(request, str(_("The earlier version is in force.")))
    except EditConflict as conflict:
        return conflict_page(
            request,
            conflict,
            about=title_of(row),
            back=redirect("playbook", uid).url,
            labels={"text": _("Playbook")},
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("playbook", uid)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 7 else None
