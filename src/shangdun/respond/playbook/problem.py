"""One thing that is wrong with a playbook."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How much a problem weighs."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` is stable; ``step`` an identifier or empty; ``where`` the property or variable."""

    code: str
    level: Level = Level.ERROR
    step: str = ""
    where: str = ""
    message: str
    fix: str
