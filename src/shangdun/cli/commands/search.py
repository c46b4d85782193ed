"""``shangdun search``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from shangdun.cli.output import plain, print_json, print_table
from shangdun.kernel.clock import SystemClock, from_millis
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError

if TYPE_CHECKING:
    from shangdun.lake.query.request import Facet, Histogram, Update

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""No event of the lake is older."""
SUFFIXES = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
BAR = 40
MINUTE = 60_000


@click.command()
@click.argument("query")
@click.option("--from", "since", metavar="T", help="Not before: -24h, 2026-03-04T10:00:00.")
@click.option("--to", "until", metavar="T", help="Before.")
@click.option("--sql", is_flag=True, help="QUERY is one SELECT over the table events.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--columns", metavar="A,B", help="Show these instead of the raw line.")
@click.option("--facet", "facets", multiple=True, metavar="F", help="Most frequent values of F.")
@click.option("--histogram", is_flag=True, help="Events by time.")
@click.option("--export", metavar="FILE", help="Write .csv, .ndjson or .parquet instead.")
@click.option("--seconds", default=60.0, show_default=True, help="Give up after so long.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, with all its columns.")
def command(query: str, since: str | None, until: str | None, **options: Any) -> None:  # noqa: ANN401  click's options by name
    """Find events in the lake, newest first: user:mei status:>=500 ip:10.0.0.0/8.

    docs/hunting.md explains the language. Times without a zone are meant in web.time_zone.
    Exit 0: found; 1: nothing found.
    """
    from shangdun.lake.places import lake_folder  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.query.ask import Question, ask  # noqa: PLC0415  as above
    from shangdun.lake.query.times import moment_of  # noqa: PLC0415  as above
    from shangdun.lake.store import Lake  # noqa: PLC0415  as above

    home = home_directory()
    config = load_config(home)
    zone = ZoneInfo(config.web.time_zone)
    now = SystemClock().now()
    columns = _columns(options["columns"])
    question = Question(
        text=query,
        since=moment_of(since, now=now, zone=zone) if since else BEGINNING,
        until=moment_of(until, now=now, zone=zone) if until else moment_of("2200-01-01", now=now),
        sql=options["sql"],
        limit=options["limit"],
        facets=_columns(",".join(options["facets"])),
        histogram=options["histogram"],
        columns=columns,
        export=_export(options["export"]),
        zone=zone,
        seconds=options["seconds"],
    )
    shown = _Shown(zone, columns, as_json=options["as_json"])
    for update in ask(Lake(lake_folder(home, config)), question):
        shown.take(update)
    raise SystemExit(int(not shown.found))


def _columns(text: str | None) -> list[str]:
    from shangdun.lake.query.fields import close_names, column_of  # noqa: PLC0415  as above

    found = []
    for name in filter(None, (part.strip() for part in (text or "").split(","))):
        column = column_of(name)
        if column is None or column.startswith("unmapped."):
            near = ", ".join(close_names(name))
            raise UsageError(
                f"there is no column {name!r}",
                code="query.field",
                fix=f"did you mean {near}?" if near else "see docs/schema.md",
            )
        found.append(column)
    return found


def _export(name: str | None) -> Any:  # noqa: ANN401  its type is imported with the rest
    if name is None:
        return None
    from shangdun.lake.query.request import Export  # noqa: PLC0415  as above

    form = SUFFIXES.get(Path(name).suffix.lower())
    if form is None:
        raise UsageError(
            f"{name!r} does not say what to write", fix=f"end it with {', '.join(SUFFIXES)}"
        )
    return Export(str(Path(name).absolute()), form)


class _Shown:
    """Prints updates as they come."""

    def __init__(self, zone: tzinfo, columns: list[str], *, as_json: bool) -> None:
        self._zone = zone
        self._columns = columns
        self._as_json = as_json
        self._histogram: Histogram | None = None
        self.found = 0

    def take(self, update: Update) -> None:
        from shangdun.lake.query import request  # noqa: PLC0415  as above

        if isinstance(update, request.Rows):
            self.found += len(update.rows)
            if update.columns and not self._as_json:
                print_table(
                    update.columns, [[row[c] for c in update.columns] for row in update.rows]
                )
            else:
                self._events(update)
        elif isinstance(update, request.Facet):
            self._facet(update)
        elif isinstance(update, request.Histogram):
            self._histogram = update
        elif isinstance(update, request.Exported):
            self.found = update.rows
            if update.more:
                click.echo("… the limit was met: narrow the time for the rest", err=True)
        elif isinstance(update, request.Done):
            self._end(more=update.more)

    def _events(self, update: Any) -> None:  # noqa: ANN401  as above
        from shangdun.lake.conform import raw_lines  # noqa: PLC0415  as above
        from shangdun.lake.query.results import frame_of  # noqa: PLC0415  as above

        if update.columns:
            for row in update.rows:
                print_json(row)
            return
        for row, raw in zip(update.rows, raw_lines(frame_of(update.rows)), strict=True):
            if self._as_json:
                click.echo(json.dumps({**row, "raw": raw}, ensure_ascii=False, default=str))
            else:
                shown = [plain(row.get(name, "-")) for name in self._columns]
                click.echo("  ".join([self._moment(row["time"]), *(shown or self._line(row, raw))]))

    def _line(self, row: dict[str, Any], raw: str | None) -> list[str]:
        return [plain(row["source"]), plain(raw or "")]

    def _moment(self, millis: int) -> str:
        return from_millis(millis).astimezone(self._zone).isoformat(timespec="milliseconds")

    def _facet(self, facet: Facet) -> None:
        if self._as_json:
            print_json({"facet": facet.field, "values": facet.values})
            return
        click.echo(f"\n{facet.field}")
        most = max((count for _, count in facet.values), default=1)
        for value, count in facet.values:
            name = "(none)" if value is None else plain(value)
            click.echo(f"  {count:>12,}  {'█' * (count * 20 // most):<20}  {name}")

    def _end(self, *, more: bool) -> None:
        if self._histogram and self._as_json:
            print_json({"histogram": sorted(self._histogram.bars.items())})
        elif self._histogram:
            click.echo(f"\n{self._histogram.total:,} events")
            most = max(self._histogram.bars.values(), default=1)
            form = "%Y-%m-%d %H:%M:%S" if self._histogram.step < MINUTE else "%Y-%m-%d %H:%M"
            for start, count in sorted(self._histogram.bars.items()):
                moment = from_millis(start).astimezone(self._zone).strftime(form)
                click.echo(f"  {moment}  {count:>12,}  {'█' * (count * BAR // most)}")
        if more and not self._as_json:
            click.echo("… and more: raise --limit or narrow the time", err=True)
