"""``shangdun user``: add, list, roles, reset-password."""

from __future__ import annotations

from typing import Any

import click

from shangdun.actions.change_person import do_assign_roles
from shangdun.actions.create_user import NewAccount, do_create_user, do_reset_password
from shangdun.cli.output import json_option, print_json, print_table
from shangdun.cli.records.acting import acting, as_option, find_user
from shangdun.records.access import visible_people
from shangdun.records.models import User
from shangdun.records.roles import Role

ROLE = click.Choice([role.value for role in Role])


@click.group()
def group() -> None:
    """People and their roles."""


@group.command()
@click.argument("name")
@click.option("--role", "roles", type=ROLE, multiple=True, help="May be given several times.")
@click.option("--email", default="")
@click.option("--called", default="", help="As papers shall say the name: 赵敏, Zhao Min.")
@as_option
@json_option
def add(
    name: str, roles: tuple[str, ...], email: str, called: str, username: str, *, as_json: bool
) -> None:
    """Add a person and print a one-time password, which must be changed at the first sign-in."""
    chosen = [Role(role) for role in roles] or [Role.EMPLOYEE]
    account = do_create_user(
        acting(username), username=name, roles=chosen, email=email, name=called
    )
    _tell(account, as_json=as_json)


@group.command("list")
@as_option
@json_option
def list_people(username: str, *, as_json: bool) -> None:
    """Everybody with an account."""
    people = visible_people(acting(username))
    if as_json:
        for user in people:
            print_json(_as_record(user))
        return
    print_table(
        ("name", "roles", "active", "last sign-in"),
        (
            (user.username, ", ".join(sorted(user.roles)), user.is_active, user.last_login or "")
            for user in people
        ),
    )


@group.command("roles")
@click.argument("name")
@click.option("--set", "wanted", type=ROLE, multiple=True, help="The whole set, one by one.")
@as_option
@json_option
def roles_of(name: str, wanted: tuple[str, ...], username: str, *, as_json: bool) -> None:
    """Show a person's roles, or set them."""
    user = find_user(name)
    if wanted:
        roles = [Role(role) for role in wanted]
        user = do_assign_roles(acting(username), user_id=user.pk, roles=roles)
    else:
        visible_people(acting(username))
    if as_json:
        print_json(_as_record(user))
    else:
        click.echo(", ".join(sorted(user.roles)) or "no role")


@group.command("reset-password")
@click.argument("name")
@as_option
@json_option
def reset_password(name: str, username: str, *, as_json: bool) -> None:
    """Print a new one-time password; the old one no longer works."""
    account = do_reset_password(acting(username), user_id=find_user(name).pk)
    _tell(account, as_json=as_json)


def _as_record(user: User) -> dict[str, Any]:
    return {
        "name": user.username,
        "email": user.email,
        "roles": sorted(user.roles),
        "active": user.is_active,
        "must_change_password": user.must_change_password,
        "last_login": user.last_login,
    }


def _tell(account: NewAccount, *, as_json: bool) -> None:
    if as_json:
        print_json({**_as_record(account.user), "one_time_password": account.password})
        return
    click.echo(f"name               {account.user.username}")
    click.echo(f"one-time password  {account.password}")
    click.echo("It is shown only now and must be changed at the first sign-in.")
