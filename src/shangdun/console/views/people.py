"""People and their roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from shangdun.actions.change_person import (
    do_assign_roles,
    do_name_person,
    do_switch_account,
)
from shangdun.actions.create_user import NewAccount, do_create_user, do_reset_password
from shangdun.console.forms.people import PersonForm, RolesForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_person, visible_people
from shangdun.records.roles import Capability

PASSWORD_KEY = "new_password"  # noqa: S105 - the name of a place in the session


@page("settings", Capability.VIEW_PEOPLE, methods=("GET", "HEAD", "POST"))
@sensitive_variables("account")
def people(request: Request) -> HttpResponseBase:
    """The list, and adding somebody."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            account = do_create_user(
                request.user,
                username=cleaned["username"],
                email=cleaned["email"],
                name=cleaned["name"],
                roles=form.chosen(),
            )
        except UsageError as error:
            form.add_error("username", str(said(error)))
        else:
            _keep(request, account)
            return redirect("people")
    context = {
        "people": visible_people(request.user),
        "form": form,
        "new": request.session.pop(PASSWORD_KEY, None),
    }
    return render(request, "settings/people.html", context, status=422 if form.errors else 200)


@page("settings", Capability.VIEW_PEOPLE, methods=("GET", "HEAD", "POST"))
def person(request: Request, user_id: int) -> HttpResponseBase:
    """One person: name, roles, password, in or out."""
    found = get_person(request.user, user_id)
    initial = {"name": found.get_full_name(), "roles": [role.value for role in found.roles]}
    form = RolesForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            do_assign_roles(request.user, user_id=found.pk, roles=form.chosen())
            do_name_person(request.user, user_id=found.pk, name=form.cleaned_data["name"])
        except UsageError as error:
            form.add_error("roles", str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("person", found.pk)
    context = {"person": found, "form": form}
    return render(request, "settings/person.html", context, status=422 if form.errors else 200)


@page("settings", Capability.MANAGE_PEOPLE, methods=("POST",))
def switch(request: Request, user_id: int) -> HttpResponseBase:
    """Let somebody in, or keep him out."""
    found = get_person(request.user, user_id)
    try:
        do_switch_account(request.user, user_id=found.pk, active=not found.is_active)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("person", found.pk)


@page("settings", Capability.MANAGE_PEOPLE, methods=("POST",))
@sensitive_variables("account")
def reset(request: Request, user_id: int) -> HttpResponseBase:
    """A new one-time password for somebody who forgot his."""
    found = get_person(request.user, user_id)
    account = do_reset_password(request.user, user_id=found.pk)
    _keep(request, account)
    return redirect("people")


def _keep(request: Request, account: NewAccount) -> None:
    request.session[PASSWORD_KEY] = {
        "username": account.user.username,
        "password": account.password,
    }
