"""People and moments as papers write them."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from shangdun.records.models import User


def name_of(user: User | None, nobody: str = "") -> str:
    """The person's name, or the account's where no name is kept."""
    return (user.get_full_name() or user.username) if user else nobody


def day_of(moment: datetime | None, never: str = "") -> str:
    """The day in the company's time zone, with its year: papers are read years later."""
    return f"{localtime(moment):%Y-%m-%d}" if moment else never


def moment_of(moment: datetime | None, never: str = "") -> str:
    """The same to the minute."""
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else never
