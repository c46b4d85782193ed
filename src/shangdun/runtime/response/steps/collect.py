"""Collecting evidence from the lake: the events around the incident's entities, as they lie there.

The search runs in its own process with bounds on time, memory, rows and bytes. What it found
becomes evidence in the same breath as the step's end, so that a step done again adds nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.tasks.steps import Acted
from shangdun.kernel.errors import ShangdunError
from shangdun.lake.query.ask import Question, ask
from shangdun.lake.query.request import Export, Exported
from shangdun.runtime.response.work import Work

KIND = "collect"
HOURS = 24
MOST_HOURS = 24 * 31
MOST_ROWS = 200_000
MOST_BYTES = 256 << 20


def repeats(parameters: Mapping[str, Any]) -> bool:
    """It only reads."""
    del parameters
    return True


def act(work: Work) -> Acted:
    """Everything that the search finds, as one file."""
    return found(work, "collect", work.number("rows", MOST_ROWS, MOST_ROWS))


def found(work: Work, what: str, most: int) -> Acted:
    """Run the step's search into a file and keep that."""
    query = work.query()
    if not query:
        problem = "the incident names nothing that events could be searched by"
        return Acted(ok=False, did={"what": what, "query": ""}, problem=problem)
    hours = work.number("hours", HOURS, MOST_HOURS)
    path = work.home / "run" / f"step-{work.task.pk}-{work.key}.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    did: dict[str, Any] = {"what": what, "query": query[:500], "hours": hours}
    try:
        rows, more = _export(work, query, hours, path, most)
        did |= {"rows": rows, "more": more}
        kept = (keep_content(_name(work), path),) if rows else ()
    except ShangdunError as error:
        return Acted(ok=False, did=did, problem=str(error))
    except OSError as error:
        return Acted(ok=False, did=did, problem=f"{type(error).__name__}: {error}")
    finally:
        with suppress(OSError):
            path.unlink()
    return Acted(ok=True, did=did, evidence=kept)


def _export(work: Work, query: str, hours: int, path: Path, most: int) -> tuple[int, bool]:
    now = work.clock.now()
    question = Question(
        text=query,
        since=now - timedelta(hours=hours),
        until=now + timedelta(seconds=1),
        export=Export(str(path), "ndjson", most=most, most_bytes=MOST_BYTES),
        zone=ZoneInfo(work.config.web.time_zone),
        seconds=work.seconds,
    )
    rows, more = 0, False
    for update in ask(work.lake, question):
        if isinstance(update, Exported):
            rows, more = update.rows, update.more
    return rows, more


def _name(work: Work) -> str:
    named = work.text("name") or f"{work.task.automatic}-{work.task.pk}"
    return named if "." in named[-8:] else f"{named}.ndjson"
