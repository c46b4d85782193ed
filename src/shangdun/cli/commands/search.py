"""``shangdun search``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import click

from shangdun.cli.output import plain
from shangdun.kernel.clock import from_millis
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError


@click.command()
@click.argument("query")
@click.option("--from", "since", metavar="T", help="Not before: 2026-03-04 or 2026-03-04T10:00:00.")
@click.option("--to", "until", metavar="T", help="Before.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="One event a line, with all its columns.")
def command(query: str, since: str | None, until: str | None, limit: int, *, as_json: bool) -> None:
    """Find events in the lake, newest first: field:value, joined by AND or by nothing.

    Times without a zone are meant in web.time_zone. Exit 0: found; 1: nothing found.
    """
    from shangdun.lake.conform import raw_lines  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.places import lake_folder  # noqa: PLC0415  as above
    from shangdun.lake.query import search  # noqa: PLC0415  as above
    from shangdun.lake.store import Lake  # noqa: PLC0415  as above

    home = home_directory()
    config = load_config(home)
    zone = ZoneInfo(config.web.time_zone)
    found = search(
        Lake(lake_folder(home, config)),
        query,
        since=_moment(since, zone),
        until=_moment(until, zone),
        limit=limit,
    )
    rows = zip(found.events.iter_rows(named=True), raw_lines(found.events), strict=True)
    for row, raw in rows:
        click.echo(_as_json(row, raw) if as_json else _as_text(row, raw, zone))
    if found.more and not as_json:
        click.echo(f"… and more: raise --limit above {limit} or narrow the time", err=True)
    raise SystemExit(int(not found.events.height))


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no time", code="usage.time", fix="write 2026-03-04T10:00:00"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _as_json(row: dict[str, Any], raw: str | None) -> str:
    values = {name: value for name, value in row.items() if value is not None}
    values["raw"] = raw
    return json.dumps(values, ensure_ascii=False, default=str)


def _as_text(row: dict[str, Any], raw: str | None, zone: tzinfo) -> str:
    moment = from_millis(row["time"]).astimezone(zone).isoformat(timespec="milliseconds")
    return f"{moment}  {plain(row['source'])}  {plain(raw or '')}"
