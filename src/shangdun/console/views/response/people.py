"""How one person of the organisation is reached, and when not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.organisation.reaching import (
    do_add_absence,
    do_keep_contacts,
    do_remove_absence,
)
from shangdun.console.forms.organisation import ContactsForm, SpanForm
from shangdun.console.problems import said
from shangdun.console.response.organisation import name_of
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.models import User
from shangdun.records.organisation import (
    contacts,
    get_member,
    get_member_to_change,
    kept_contacts,
    posts_of,
)
from shangdun.records.roles import Capability


@page("organisation", Capability.VIEW_ORGANISATION)
def member(request: Request, person_id: int) -> HttpResponseBase:
    """Telephone numbers and absences, for whoever has to reach somebody at night."""
    return _shown(request, get_member(request.user, person_id))


@page("organisation", Capability.VIEW_ORGANISATION, methods=("POST",))
def contacts_keep(request: Request, person_id: int) -> HttpResponseBase:
    who = get_member_to_change(request.user, person_id)
    form = ContactsForm(kept_contacts(who), request.POST)
    if not form.is_valid():
        return _shown(request, who, contacts_form=form)
    try:
        do_keep_contacts(request.user, person_id=who.pk, contacts=form.contacts())
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _shown(request, who, contacts_form=form)
    messages.success(request, _("Kept, encrypted."))
    return redirect("organisation_member", who.pk)


@page("organisation", Capability.VIEW_ORGANISATION, methods=("POST",))
def absence_add(request: Request, person_id: int) -> HttpResponseBase:
    who = get_member_to_change(request.user, person_id)
    form = SpanForm(request.POST)
    if not form.is_valid():
        return _shown(request, who, absence_form=form)
    try:
        do_add_absence(request.user, person_id=who.pk, **form.cleaned_data)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _shown(request, who, absence_form=form)
    return redirect("organisation_member", who.pk)


@page("organisation", Capability.VIEW_ORGANISATION, methods=("POST",))
def absence_remove(request: Request, person_id: int, absence_id: int) -> HttpResponseBase:
    get_member_to_change(request.user, person_id)
    do_remove_absence(request.user, absence_id=absence_id)
    return redirect("organisation_member", person_id)


def _shown(request: Request, who: User, **forms: Any) -> HttpResponseBase:  # noqa: ANN401 - forms of any kind
    mine = request.user.pk == who.pk or request.user.can(Capability.MANAGE_ORGANISATION)
    context = {
        "person": who,
        "name": who.get_full_name() or who.username,
        "contacts": contacts(who),
        "absences": list(who.absences.filter(until__gt=timezone.now()).order_by("since")),
        "posts": [name_of(post) for post in posts_of(who)],
        "changes": mine,
        "contacts_form": ContactsForm(kept_contacts(who)),
        "absence_form": SpanForm(),
        **forms,
    }
    return render(request, "organisation/member.html", context, status=422 if forms else 200)
