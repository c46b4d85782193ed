"""What people may do, whether they may come in, and how they like their pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.create_user import LONGEST_NAME
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_person
from shangdun.records.actor import Actor
from shangdun.records.models import User
from shangdun.records.roles import Capability, Role
from shangdun.records.stored_text import clean_line


@action(Capability.MANAGE_PEOPLE)
def do_assign_roles(
    actor: Actor, *, user_id: int, roles: Iterable[Role], clock: Clock = SYSTEM_CLOCK
) -> Outcome[User]:
    """Set a person's roles; the last administrator cannot lose that one."""
    user = get_person(actor, user_id)
    wanted = frozenset(Role(role) for role in roles)
    if wanted == user.roles:
        return Unchanged(user)
    if Role.ADMINISTRATOR not in wanted:
        _keep_an_administrator(user)
    payload = {"from": sorted(user.roles), "to": sorted(wanted)}
    user.groups.set(Group.objects.filter(name__in=[role.value for role in wanted]))
    return Done(_fresh(user), ("user", user.pk), clock.now(), payload)


@action(Capability.MANAGE_PEOPLE)
def do_name_person(
    actor: Actor, *, user_id: int, name: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[User]:
    """What papers and pages call a person, in one piece; without a name, the user name.

    An administrator's to change: who could name himself could sign papers as somebody else.
    """
    user = get_person(actor, user_id)
    before, wanted = user.get_full_name(), clean_line(name)[:LONGEST_NAME]
    if wanted == before:
        return Unchanged(user)
    # Names are not taken apart: which part is the family's is the bearer's to know.
    user.last_name, user.first_name = wanted, ""
    user.save(update_fields=["last_name", "first_name"])
    return Done(user, ("user", user.pk), clock.now(), {"from": before, "to": wanted})


@action(Capability.MANAGE_PEOPLE)
def do_switch_account(
    actor: Actor, *, user_id: int, active: bool, clock: Clock = SYSTEM_CLOCK
) -> Outcome[User]:
    """Let a person in or keep him out; accounts are never deleted, the ledger names them."""
    user = get_person(actor, user_id)
    if user.is_active is active:
        return Unchanged(user)
    if not active:
        _keep_an_administrator(user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    return Done(_fresh(user), ("user", user.pk), clock.now(), {"active": active})


@action()
def do_set_preferences(
    actor: User, *, language: str = "", theme: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[User]:
    """The actor's own language and theme; an empty one stays as it is."""
    wanted = {"language": language or actor.language, "theme": theme or actor.theme}
    if wanted["language"] not in User.Language.values or wanted["theme"] not in User.Theme.values:
        raise UsageError(
            "there is no such choice", code="user.preference", fix="choose from the list"
        )
    if wanted == {"language": actor.language, "theme": actor.theme}:
        return Unchanged(actor)
    actor.language, actor.theme = wanted["language"], wanted["theme"]
    actor.save(update_fields=["language", "theme"])
    return Done(actor, ("user", actor.pk), clock.now(), wanted)


def _keep_an_administrator(leaving: User) -> None:
    if Role.ADMINISTRATOR not in leaving.roles or not leaving.is_active:
        return
    others = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR.value)
    if not others.exclude(pk=leaving.pk).exists():
        raise UsageError(
            "this is the last administrator",
            code="user.last_administrator",
            fix="make somebody else administrator first",
        )


def _fresh(user: User) -> User:
    # Roles and capabilities are remembered on the object for a request's length.
    return User.objects.get(pk=user.pk)
