"""Assets by the clock: what the logs show of hosts, services and routes; decisions that ran out.

The lake is asked as searches ask it: in a process of its own, with bounds on time and memory.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from shangdun.assess.inventory.layers import MarkKind
from shangdun.assess.inventory.marks import mark_of
from shangdun.assess.inventory.seen import QUERY, Spotted, spotted
from shangdun.kernel.clock import Clock, from_millis, to_millis
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import StoreError
from shangdun.lake.places import lake_folder
from shangdun.lake.query.ask import Question, request_of, run
from shangdun.lake.query.request import Rows
from shangdun.lake.store import Lake
from shangdun.observe.routes import OTHER, SLICE_MS, STATIC
from shangdun.observe.state import Observed, load, observed_path

LONGEST = timedelta(days=1)
"""How far a look goes back after a pause."""
SHORT = timedelta(hours=1)
"""And what is looked at where that takes too long."""
SECONDS, MEMORY_MB = 10.0, 512
MOST = 2_000


def look_for_assets(clock: Clock) -> None:
    """Note what the logs spoke of since the last look; safe to repeat."""
    from shangdun.actions.assets.seen import Seen, do_note_sightings  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.assets import asset_settings  # noqa: PLC0415  as above

    now = clock.now()
    before = asset_settings().looked_until or now - LONGEST
    since = max(before, now - LONGEST)
    if since >= now:
        return
    home = home_directory()
    found = [*_in_the_lake(home, since, now), *_routes(home, since, now)]
    seen = [
        Seen(one.mark, one.source, one.events, from_millis(one.first), from_millis(one.last))
        for one in found
    ]
    do_note_sightings(JOBS, seen, until=now, clock=clock)


def _in_the_lake(home: Path, since: datetime, until: datetime) -> list[Spotted]:
    folder = lake_folder(home, load_config(home))
    if not folder.exists():
        return []
    lake = Lake(folder)
    try:
        return _asked(lake, since, until)
    except StoreError:
        return _asked(lake, max(since, until - SHORT), until)


def _asked(lake: Lake, since: datetime, until: datetime) -> list[Spotted]:
    question = Question(
        text="", since=since, until=until, limit=MOST, seconds=SECONDS, memory_mb=MEMORY_MB
    )
    request = msgspec.structs.replace(
        request_of(lake, question),
        statement=QUERY,
        named={"since": to_millis(since), "until": to_millis(until)},
    )
    if not request.groups:
        return []
    return spotted(row for part in run(request) if isinstance(part, Rows) for row in part.rows)


def _routes(home: Path, since: datetime, until: datetime) -> list[Spotted]:
    """Of the monitor's table: bounded, and only what answered."""
    first, last = to_millis(since) // SLICE_MS, to_millis(until) // SLICE_MS
    found = []
    for name, route in load(observed_path(home), Observed).routes.routes.items():
        parts = [number for number in route.slices if first <= number <= last]
        if name in {OTHER, STATIC} or not parts or not name.startswith("/"):
            continue
        requests = sum(route.slices[number].requests for number in parts)
        mark = mark_of(MarkKind.ROUTE, name.replace("*", "").replace(" ", "%20"))
        found.append(
            Spotted(mark, "", requests, min(parts) * SLICE_MS, (max(parts) + 1) * SLICE_MS - 1)
        )
    return found


def keep_vulnerabilities(clock: Clock) -> None:
    """Decisions that ran out, files that nobody took in, owners of what is overdue."""
    from shangdun.actions.assets.uploads import do_drop_uploads  # noqa: PLC0415  needs boot
    from shangdun.actions.vulnerabilities.decide import do_end_decisions  # noqa: PLC0415  as above
    from shangdun.actions.vulnerabilities.remind import remind_of_vulnerabilities  # noqa: PLC0415  as above
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above

    do_end_decisions(JOBS, clock=clock)
    do_drop_uploads(JOBS, clock=clock)
    remind_of_vulnerabilities(clock.now())
