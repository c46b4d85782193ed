"""Somebody else was first: what both wanted, so that a page can show both."""

from __future__ import annotations

from typing import Any

from shangdun.kernel.errors import Conflict


class EditConflict(Conflict):
    """``mine`` is what this person wanted; ``theirs`` is how the record stands now."""

    default_code = "conflict.edit"

    def __init__(
        self, message: str, *, mine: dict[str, Any], theirs: dict[str, Any], where: str = ""
    ) -> None:
        super().__init__(message, where=where, fix="look at the new version, then decide again")
        self.mine = mine
        self.theirs = theirs

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.message, self.mine, self.theirs, self.where))


def _rebuild(
    message: str, mine: dict[str, Any], theirs: dict[str, Any], where: str
) -> EditConflict:
    return EditConflict(message, mine=mine, theirs=theirs, where=where)
