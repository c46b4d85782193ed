"""Running a search: the rows are kept as evidence, their number can decide what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from shangdun.actions.tasks.steps import Acted
from shangdun.runtime.response.steps.collect import found
from shangdun.runtime.response.work import Work

KIND = "search"
MOST_ROWS = 10_000


def repeats(parameters: Mapping[str, Any]) -> bool:
    """It only reads."""
    del parameters
    return True


def act(work: Work) -> Acted:
    """The number of events, up to a bound, goes into the variable of ``count_into``."""
    acted = found(work, "search", work.number("rows", MOST_ROWS, MOST_ROWS))
    into = work.text("count_into").removesuffix(":value")
    if not acted.ok or not into:
        return acted
    return msgspec.structs.replace(acted, values={into: str(acted.did.get("rows", 0))})
