"""Who acts: a person who is signed in, or the system itself."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass

from shangdun.records.models import User
from shangdun.records.roles import Capability


@dataclass(frozen=True)
class System:
    """A part of ShangDun, or whoever holds its home directory, named in the ledger."""

    name: str
    is_active: bool = True

    def can(self, *capabilities: Capability) -> bool:
        del capabilities
        return True


Actor = User | System

WATCH = System("system:watch")
JOBS = System("system:jobs")
POLICY = System("system:policy")
SETUP = System("system:setup")
ACCOUNTS = System("system:accounts")


def local_administrator() -> System:
    """Whoever can write the home directory could write the database too: he may do everything.

    The operating system's name for him goes into the ledger.
    """
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # no entry in the password file, as in many containers
        name = str(os.getuid())
    return System(f"local:{name}")


def actor_name(actor: Actor) -> str:
    """How the ledger names the actor: the number holds when a person is renamed."""
    return actor.name if isinstance(actor, System) else f"user:{actor.pk}:{actor.username}"


def person(actor: Actor) -> User | None:
    """The person, or None for the system: what a foreign key takes."""
    return actor if isinstance(actor, User) else None
