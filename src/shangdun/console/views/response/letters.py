"""How letters leave, a letter to oneself, and what came back."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.notices.bounces import do_take_bounces
from shangdun.actions.notices.carrier import opened
from shangdun.actions.notices.settings import do_set_letters, shown
from shangdun.actions.notices.texts import texts_of
from shangdun.actions.notices.try_out import do_try_notice
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.notices import LetterSettingsForm
from shangdun.console.problems import said
from shangdun.console.response.notices import SAMPLE_NAMES
from shangdun.console.views.page import Request, page
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.errors import ConfigError, ShangdunError, UsageError
from shangdun.notify.letters.delivery import Fate, Parcel
from shangdun.notify.letters.dsn import LARGEST, returned_in
from shangdun.notify.letters.template import Text, personal
from shangdun.records.conflict import EditConflict
from shangdun.records.letter_settings import letter_settings, visible_letter_settings
from shangdun.records.notices import get_notice
from shangdun.records.roles import Capability
from shangdun.respond.affected.identity import email_of


@page("settings", Capability.VIEW_CHANNELS, methods=("GET", "HEAD", "POST"))
def letter_settings_page(request: Request) -> HttpResponseBase:
    """The mail server and gateway for letters to customers."""
    row = visible_letter_settings(request.user)
    manages = request.user.can(Capability.MANAGE_CHANNELS)
    initial = {**shown(row), "version": row.version}
    initial["allowed_networks"] = "\n".join(row.allowed_networks)
    form = LetterSettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            do_set_letters(request.user, form.sending(), version=version)
        except EditConflict as conflict:
            labels = {name: field.label or name for name, field in form.fields.items()}
            labels = {name: label for name, label in labels.items() if name in conflict.theirs}
            back = reverse("letter_settings")
            about = _("Letters to customers")
            return conflict_page(request, conflict, about=about, back=back, labels=labels)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("letter_settings")
    context = {
        "form": form,
        "row": row,
        "manages": manages,
        "has_password": bool(row.smtp_password),
        "has_secret": bool(row.gateway_secret),
        "plain": [(form.fields[name].label, value) for name, value in shown(row).items()],
    }
    return render(request, "notices/settings.html", context, status=422 if form.errors else 200)


@page("settings", Capability.MANAGE_CHANNELS, methods=("POST",))
def test_settings(request: Request) -> HttpResponseBase:
    """A letter to oneself through what is set."""
    text = Text(_("A test of ShangDun"), _("Letters to customers leave by this server.") + "\n")
    given = request.POST.get("to", "") or request.user.email
    send_trial(request, "email", {"zh": text}, email_of(given))
    return redirect("letter_settings")


@page("incidents", Capability.PREPARE_NOTICES, methods=("POST",))
def test_notice(request: Request, number: int, notice_number: int) -> HttpResponseBase:
    """The notice as a customer would get it, to an address of one's own; no customer gets it."""
    notice = get_notice(request.user, number, notice_number)
    given = request.POST.get("to", "")
    try:
        to = do_try_notice(request.user, number=number, notice_number=notice_number, to=given)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("incident_notice", number, notice_number)
    marked = {}
    for language, text in texts_of(notice).items():
        one = personal(text, name=SAMPLE_NAMES[language], language=language)
        mark = "【演练】" if notice.incident.is_drill else "【测试】"
        if language == "en":
            mark = "[DRILL] " if notice.incident.is_drill else "[TEST] "
        marked[language] = Text(f"{mark}{one.subject}", one.body)
    send_trial(request, str(notice.channel), marked, to)
    return redirect("incident_notice", number, notice_number)


@page("incidents", Capability.PREPARE_NOTICES, methods=("POST",))
def bounces(request: Request, number: int, notice_number: int) -> HttpResponseBase:
    """Returned mail, or a list of addresses."""
    get_notice(request.user, number, notice_number)
    file = request.FILES.get("file")
    content = file.read(LARGEST + 1) if file else request.POST.get("text", "").encode()
    if len(content) > LARGEST:
        messages.error(request, _("The file is too large: take it in parts of 32 MB."))
        return redirect("incident_notice", number, notice_number)
    try:
        bounced, strange = do_take_bounces(
            request.user,
            number=number,
            notice_number=notice_number,
            returned=list(returned_in(content)),
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        told = _("%(bounced)s letters are marked as bounced; %(strange)s lines match no letter.")
        messages.success(request, told % {"bounced": bounced, "strange": strange})
    return redirect("incident_notice", number, notice_number)


def send_trial(request: Request, channel: str, texts: dict[str, Text], address: str) -> None:
    """Hand each language to the server at once; what became of it stands on the next page."""
    if not address:
        messages.error(request, _("Write the address or number that it goes to."))
        return
    try:
        carrier = opened(letter_settings(), channel, SystemClock())
    except ConfigError as error:
        messages.error(request, _failed(error))
        return
    try:
        outcomes = [
            carrier.carry(Parcel(secrets.token_hex(16), address, language, text))
            for language, text in texts.items()
        ]
    finally:
        carrier.close()
    refused = [one for one in outcomes if one.fate is not Fate.SENT]
    if refused:
        told = _("The server did not take it: %(code)s") % {"code": refused[0].code or "—"}
        messages.error(request, told)
    else:
        messages.success(request, _("The server took it. Look into the mailbox."))


def _failed(error: ShangdunError) -> str:
    return f"{said(error)} {error.where}".strip()
