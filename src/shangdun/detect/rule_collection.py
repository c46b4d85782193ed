"""Rule collections: documents of one file that share what an ``action`` document says.

``global`` gives parts to every document that follows until ``reset``; ``repeat`` is the document
before it with parts changed. Old collections are written so; Sigma 2 does without.

Source: Sigma specification 1, rule collections; what pySigma 2.0 still reads.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from shangdun.kernel.errors import RuleError

_APART = ("correlation", "filter", "baseline", "list")
"""Documents of other kinds stand for themselves."""


class Collection:
    """The documents of one file, in their order."""

    def __init__(self) -> None:
        self._shared: dict[str, Any] = {}
        self._before: dict[str, Any] = {}

    def take(self, document: dict[str, Any]) -> dict[str, Any] | None:
        """The whole rule that a document stands for, or None where it is none itself.

        Raises ``RuleError`` for an action that does not exist.
        """
        action = document.get("action")
        part = {key: value for key, value in document.items() if key != "action"}
        if action == "global":
            self._shared, self._before = part, part
            return None
        if action == "reset":
            self._shared = {}
            return None
        if action == "repeat":
            self._before = _merged(self._before, part)
            return copy.deepcopy(self._before)
        if action is not None:
            raise RuleError(
                f"{action!r} is no action of a rule collection",
                fix="use global, reset or repeat, or leave it out",
            )
        if any(key in part for key in _APART):
            return part
        self._before = _merged(self._shared, part)
        return copy.deepcopy(self._before)


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both, maps joined at every depth; where they differ, ``over`` stands."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged
