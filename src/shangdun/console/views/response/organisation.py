"""The organisation: the plan's chart, its posts, and how long leadership has to answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.orders.asking import do_change_asking
from shangdun.actions.organisation.posts import (
    do_add_post,
    do_change_post,
    do_remove_post,
    do_seat_people,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.organisation import AskingForm, PostForm, SeatForm
from shangdun.console.problems import said
from shangdun.console.response.organisation import chart, name_of
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import AskingPolicy, Post, User
from shangdun.records.orders import asking_minutes
from shangdun.records.organisation import chain, get_post, members
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

MANAGE = Capability.MANAGE_ORGANISATION
TEXT = ("group", "rank", "name_zh", "name_en", "duties_zh", "duties_en")


@page("organisation", Capability.VIEW_ORGANISATION)
def organisation(request: Request) -> HttpResponseBase:
    """Who stands where, who is on call now, and what would fail tonight."""
    return _chart(request)


@page("organisation", MANAGE, methods=("POST",))
def asking(request: Request) -> HttpResponseBase:
    """How long each of the leadership has to answer."""
    form = AskingForm(request.POST)
    if not form.is_valid():
        return _chart(request, asking_form=form)
    try:
        do_change_asking(request.user, minutes=form.minutes(), version=form.cleaned_data["version"])
    except EditConflict as conflict:
        return conflict_page(
            request,
            conflict,
            about=_("How long leadership has to answer"),
            back=reverse("organisation"),
            labels={"minutes": _("Minutes, by grade")},
        )
    messages.success(request, _("Kept. It holds from the next question on."))
    return redirect("organisation")


@page("organisation", MANAGE, methods=("GET", "HEAD", "POST"))
def post_add(request: Request) -> HttpResponseBase:
    """A post of the company's own."""
    form = PostForm(request.POST or None, initial={"group": request.GET.get("group", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_post(request.user, form.text())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("organisation_post", made.pk)
    status = 422 if form.errors else 200
    return render(request, "organisation/post_add.html", {"form": form}, status=status)


@page("organisation", MANAGE, methods=("GET", "HEAD", "POST"))
def post(request: Request, post_id: int) -> HttpResponseBase:
    """Who holds a post, who stands in, what it is called."""
    found = get_post(request.user, post_id)
    if request.method != "POST":
        return _post(request, found)
    seats = "primary" in request.POST
    form = SeatForm(_people(found), request.POST) if seats else PostForm(request.POST)
    named = {"seat_form" if seats else "post_form": form}
    if not form.is_valid():
        return _post(request, found, **named)
    try:
        if isinstance(form, SeatForm):
            do_seat_people(
                request.user,
                post_id=found.pk,
                primary=form.cleaned_data["primary"],
                deputies=form.deputies(),
                version=form.cleaned_data["version"],
            )
        else:
            version = form.cleaned_data["version"]
            do_change_post(request.user, form.text(), post_id=found.pk, version=version)
    except EditConflict as conflict:
        return _conflict(request, found, conflict)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _post(request, found, **named)
    messages.success(request, _("Kept."))
    return redirect("organisation")


@page("organisation", MANAGE, methods=("POST",))
def post_remove(request: Request, post_id: int) -> HttpResponseBase:
    try:
        do_remove_post(request.user, post_id=post_id)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("organisation_post", post_id)
    messages.success(request, _("The post is gone."))
    return redirect("organisation")


def _chart(request: Request, **forms: Any) -> HttpResponseBase:  # noqa: ANN401 - forms of any kind
    now = timezone.now()
    groups = chart(request.user, now)
    policy = AskingPolicy.objects.filter(pk=1).first()
    minutes = {f"grade_{grade}": value for grade, value in enumerate(asking_minutes())}
    version = {"version": policy.version if policy else 1}
    context = {
        "groups": groups,
        "grave": sum(group.grave for group in groups),
        "gap": next((group for group in groups if group.has_rota and group.gaps), None),
        "chain": chain(now),
        "asking_form": AskingForm(initial={**minutes, **version}),
        "minutes": list(minutes.values()),
        "manages": request.user.can(MANAGE),
        **forms,
    }
    status = 422 if forms else 200
    return render(request, "organisation/chart.html", context, status=status)


def _people(found: Post) -> list[User]:
    """Those of the group first, as only they may do its work; then everybody else."""
    first = members(Group(found.group))
    known = {person.pk for person in first}
    rest = User.objects.filter(is_active=True).exclude(pk__in=known).order_by("username")
    return [*first, *rest]


def _post(request: Request, found: Post, **forms: Any) -> HttpResponseBase:  # noqa: ANN401 - forms of any kind
    seated = {"primary": found.primary_id, "version": found.version}
    seated |= {f"deputy_{n}": deputy.person_id for n, deputy in enumerate(found.deputies.all(), 1)}
    text = {name: getattr(found, name) for name in TEXT}
    context = {
        "post": found,
        "name": name_of(found),
        "seat_form": SeatForm(_people(found), initial=seated),
        "post_form": PostForm(initial={**text, "version": found.version}),
        **forms,
    }
    return render(request, "organisation/post.html", context, status=422 if forms else 200)


def _conflict(request: Request, found: Post, conflict: EditConflict) -> HttpResponseBase:
    return conflict_page(
        request,
        conflict,
        about=name_of(found),
        back=reverse("organisation_post", args=[found.pk]),
        labels={
            "primary": _("Holder"),
            "deputies": _("Deputies"),
            "name_zh": _("Name in Chinese"),
            "name_en": _("Name in English"),
            "duties_zh": _("Duties in Chinese"),
            "duties_en": _("Duties in English"),
        },
    )
