"""Who a command acts as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, local_administrator
from shangdun.records.models import User

as_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--as",
    "username",
    metavar="NAME",
    default="",
    help="Act as this person, with no more than his permissions. Without it you act as the local "
    "administrator: whoever can write the home directory.",
)


def acting(username: str) -> Actor:
    return find_user(username) if username else local_administrator()


def acting_person(username: str) -> User:
    """For what only a person can do, such as taking an incident."""
    if not username:
        raise UsageError("this is done by a person", where="--as", fix="say who: --as NAME")
    return find_user(username)


def find_user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise UsageError(f"there is nobody named {username!r}", fix="see `shangdun user list`")
    return user
