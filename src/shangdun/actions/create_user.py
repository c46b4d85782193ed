"""New accounts, and their one-time passwords."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.models import Group

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import Conflict, UsageError
from shangdun.records.access import get_person
from shangdun.records.actor import Actor
from shangdun.records.models import User
from shangdun.records.roles import Capability, Role
from shangdun.records.stored_text import clean_line

# No letters or digits that people misread: it is typed once from a terminal or a piece of paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

LONGEST_NAME = 150

FIRST_ROLES = (Role.ADMINISTRATOR, Role.LEADERSHIP, Role.TECHNICAL_SUPPORT)
"""On the first day one person is everybody; the people page takes roles away as others come."""


class NewAccount(NamedTuple):
    """``password`` is shown once; it must be changed at the first sign-in."""

    user: User
    password: str


def one_time_password() -> str:
    """Four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


@action(Capability.MANAGE_PEOPLE)
def do_create_first_administrator(
    actor: Actor, *, username: str = "admin", clock: Clock = SYSTEM_CLOCK
) -> Outcome[NewAccount]:
    """The first account of an installation; ``Conflict`` when there is one already."""
    del actor
    if User.objects.exists():
        raise Conflict("there are accounts already", fix="use `shangdun user add`")
    return _create(User(username=username), FIRST_ROLES, clock)


@action(Capability.MANAGE_PEOPLE)
def do_create_user(
    actor: Actor,
    *,
    username: str,
    roles: Iterable[Role],
    email: str = "",
    name: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[NewAccount]:
    """``name`` is what papers and pages call the person; without one, the user name."""
    del actor
    whole = clean_line(name)[:LONGEST_NAME]
    return _create(User(username=username, email=email, last_name=whole), roles, clock)


@action(Capability.MANAGE_PEOPLE)
def do_reset_password(
    actor: Actor, *, user_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[NewAccount]:
    """A new one-time password; sessions of the old one end with it."""
    user = get_person(actor, user_id)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    return Done(NewAccount(user, password), ("user", user.pk), clock.now())


def _create(user: User, roles: Iterable[Role], clock: Clock) -> Done[NewAccount]:
    username = User.normalize_username(user.username.strip())
    if not username or len(username) > 150 or not username.isprintable() or " " in username:
        raise UsageError(
            "this is no user name", code="user.name", fix="use letters, digits, dots and dashes"
        )
    if User.objects.filter(username__iexact=username).exists():
        raise UsageError(f"{username} is taken", code="user.taken", fix="choose another name")
    chosen = sorted({Role(role).value for role in roles})
    now = clock.now()
    password = one_time_password()
    user.username, user.must_change_password, user.date_joined = username, True, now
    user.set_password(password)
    user.save()
    user.groups.set(Group.objects.filter(name__in=chosen))
    payload = {"username": username, "roles": chosen}
    if user.last_name:
        payload["name"] = user.last_name
    return Done(NewAccount(user, password), ("user", user.pk), now, payload)
