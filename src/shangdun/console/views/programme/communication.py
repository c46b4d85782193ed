"""The communication plan: its grid, its lines, the contacts outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shangdun.actions.communication.contacts import (
    do_add_contact,
    do_archive_contact,
    do_change_contact,
    do_check_contact,
)
from shangdun.actions.communication.letters import do_resend_outside_letter
from shangdun.actions.communication.lines import (
    do_add_line,
    do_adopt_matrix,
    do_archive_line,
    do_change_line,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.communication import ContactForm, LineForm
from shangdun.console.problems import said
from shangdun.console.programme.communication import (
    TABS,
    grid,
    listed,
    suggested,
    title_of,
)
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.communication import (
    get_contact,
    get_line,
    late_items,
    mine,
    reach_of,
    tally_of,
    visible_contacts,
    visible_items,
    visible_lines,
)
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import AudienceChoice, CommunicationLine, OutsideContact, User
from shangdun.records.roles import Capability

SECTION = "communication"
VIEWS = (Capability.VIEW_COMMUNICATION,)
MANAGES = (Capability.MANAGE_COMMUNICATION,)
FORM = ("GET", "HEAD", "POST")
LINE_LABELS = {
    "title_zh": gettext_lazy("Title in Chinese"),
    "title_en": gettext_lazy("Title in English"),
    "audiences": pgettext_lazy("communication", "To whom"),
    "ways": gettext_lazy("How"),
    "frequency": gettext_lazy("How often"),
    "days": gettext_lazy("How many days"),
    "note": gettext_lazy("Note"),
}
CONTACT_LABELS = {
    "organisation": gettext_lazy("Organisation"),
    "person": gettext_lazy("Person"),
    "office": gettext_lazy("Office"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "note": gettext_lazy("Note"),
}


def frame(request: Request, tab: str) -> dict[str, Any]:
    """What every page of the communication plan shows: its tabs, and whether one manages it."""
    return {"tabs": TABS, "tab": tab, "manages": request.user.can(*MANAGES)}


def people() -> list[User]:
    """The active people, for choices."""
    return list(User.objects.filter(is_active=True).order_by("username"))


@page(SECTION, *VIEWS)
def matrix(request: Request) -> HttpResponseBase:
    """To whom, what, how, how often; what waits for this person; how the year was kept."""
    now, zone = timezone.now(), console_zone()
    today = now.astimezone(zone).date()
    lines = list(visible_lines(request.user))
    items = visible_items(request.user).filter(due_on__gte=today - timedelta(days=365))
    year = list(items.filter(due_on__lte=today))
    latest = visible_items(request.user).filter(due_on__lte=today + timedelta(days=1))
    rows = grid(lines, latest.order_by("due_on"), today, zone)
    context = frame(request, "matrix") | {
        "rows": rows,
        "heads": rows[0].cells,
        "count": len(lines),
        "tally": tally_of(year, today, zone),
        "late": listed(late_items(request.user, today).order_by("due_on")[:8], today, zone),
        "mine": listed(mine(request.user)[:8], today, zone),
        "suggested": suggested() if request.user.can(*MANAGES) else [],
    }
    return render(request, "communication/matrix.html", context)


@page(SECTION, *MANAGES, methods=("POST",))
def adopt(request: Request) -> HttpResponseBase:
    """Take over lines of the product's matrix."""
    made = do_adopt_matrix(request.user, keys=request.POST.getlist("key"))
    messages.success(request, _("%(n)d lines are in the plan.") % {"n": made})
    return redirect("communication")


@page(SECTION, *MANAGES, methods=FORM)
def line_add(request: Request) -> HttpResponseBase:
    """Add a line."""
    language = "en" if get_language() == "en" else "zh-hans"
    form = LineForm(people(), request.POST or None, initial={"language": language})
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_line(request.user, form.line())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("It is in the plan."))
            return redirect("communication_line", made.pk)
    context = frame(request, "matrix") | {"form": form}
    return render(request, "communication/line_add.html", context, status=_status(request))


@page(SECTION, *VIEWS, methods=FORM)
def line(request: Request, line_id: int) -> HttpResponseBase:
    """One line: what it says, what it owed, changing it."""
    found = get_line(request.user, line_id)
    if request.method != "POST":
        form = LineForm(people(), initial=LineForm.initial_of(found))
        return _line(request, found, form)
    form = LineForm(people(), request.POST)
    if not form.is_valid():
        return _line(request, found, form, 422)
    try:
        version = form.cleaned_data["version"]
        do_change_line(request.user, form.line(), line_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/communication/lines/{found.pk}/"
        return conflict_page(
            request, conflict, about=title_of(found), back=back, labels=LINE_LABELS
        )
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _line(request, found, form, 422)
    messages.success(request, _("Saved."))
    return redirect("communication_line", found.pk)


def _line(
    request: Request, found: CommunicationLine, form: LineForm, status: int = 200
) -> HttpResponseBase:
    now, zone = timezone.now(), console_zone()
    today = now.astimezone(zone).date()
    items = list(visible_items(request.user).filter(line=found)[:60])
    context = frame(request, "matrix") | {
        "line": found,
        "title": title_of(found),
        "form": form,
        "rows": listed(items, today, zone),
        "tally": tally_of(items, today, zone),
        "audiences": [AudienceChoice(name).label for name in found.audiences],
    }
    return render(request, "communication/line.html", context, status=status)


@page(SECTION, *MANAGES, methods=("POST",))
def line_archive(request: Request, line_id: int) -> HttpResponseBase:
    """Take a line out."""
    found = get_line(request.user, line_id)
    try:
        do_archive_line(request.user, line_id=found.pk, reason=request.POST.get("reason", ""))
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("communication_line", found.pk)
    messages.success(request, _("It is out of the plan; what was done stays on record."))
    return redirect("communication")


@page(SECTION, *VIEWS, methods=FORM)
def contacts(request: Request) -> HttpResponseBase:
    """The contacts outside, by audience; adding one."""
    manages = request.user.can(*MANAGES)
    form = ContactForm(request.POST if request.method == "POST" and manages else None)
    if request.method == "POST" and manages and form.is_valid():
        try:
            do_add_contact(request.user, form.contact())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("The contact is there. Call it once and mark it checked."))
            return redirect("contacts")
    rows = [(row, reach_of(row)) for row in visible_contacts(request.user)]
    context = frame(request, "contacts") | {"rows": rows, "form": form}
    return render(request, "communication/contacts.html", context, status=_status(request))


@page(SECTION, *MANAGES, methods=FORM)
def contact(request: Request, contact_id: int) -> HttpResponseBase:
    """One contact, to change."""
    found = get_contact(request.user, contact_id)
    if request.method != "POST":
        return _contact(request, found, ContactForm(initial=ContactForm.initial_of(found)))
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _contact(request, found, form, 422)
    try:
        version = form.cleaned_data["version"]
        do_change_contact(request.user, form.contact(), contact_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/communication/contacts/{found.pk}/"
        return conflict_page(
            request, conflict, about=found.organisation, back=back, labels=CONTACT_LABELS
        )
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _contact(request, found, form, 422)
    messages.success(request, _("Saved."))
    return redirect("contacts")


def _contact(
    request: Request, found: OutsideContact, form: ContactForm, status: int = 200
) -> HttpResponseBase:
    context = frame(request, "contacts") | {"contact": found, "form": form}
    return render(request, "communication/contact.html", context, status=status)


@page(SECTION, *MANAGES, methods=("POST",))
def contact_step(request: Request, contact_id: int, verb: str) -> HttpResponseBase:
    """Mark a contact as checked, or take it out."""
    steps = {"check": do_check_contact, "archive": do_archive_contact}
    if verb not in steps:
        raise NotFound(f"nothing is called {verb[:20]}", fix="see the contacts")
    steps[verb](request.user, contact_id=get_contact(request.user, contact_id).pk)
    return redirect("contacts")


@page(SECTION, *MANAGES, methods=("POST",))
def resend(request: Request, letter_id: int) -> HttpResponseBase:
    """Send a letter again that was refused or perhaps lost."""
    letter = do_resend_outside_letter(request.user, letter_id=letter_id)
    return redirect("communication_item", letter.communication_id)


def _status(request: Request) -> int:
    return 422 if request.method == "POST" else 200
