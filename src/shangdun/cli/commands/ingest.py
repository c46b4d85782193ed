"""``shangdun ingest``."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress

from shangdun.cli.logs import log_to_stderr
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import ShangdunError


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_name", required=True, metavar="F", help="How the lines are read.")
@click.option("--json", "as_json", is_flag=True, help="One file a line, as JSON.")
def command(files: tuple[Path, ...], format_name: str, *, as_json: bool) -> None:
    """Bring files into the lake, each content once: again, or after a kill, it goes on.

    Nothing is detected. Exit 0: all lines are stored; 1: a file could not be read to its end.
    """
    from shangdun.lake.parse import get_parser  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.places import lake_folder  # noqa: PLC0415  as above
    from shangdun.lake.store import Lake  # noqa: PLC0415  as above
    from shangdun.runtime.ingest import ingest  # noqa: PLC0415  as above

    log_to_stderr()
    get_parser(format_name)
    home = home_directory()
    config = load_config(home)
    lake = Lake(lake_folder(home, config))
    failed = False
    for path in files:
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task(path.name, total=_size(path))
            try:
                done = ingest(
                    lake,
                    path,
                    format_name,
                    zone=ZoneInfo(config.web.time_zone),
                    progress=lambda count: bar.advance(task, count),  # noqa: B023  used within the turn
                )
            except ShangdunError as error:
                click.echo(f"error: {error}", err=True)
                failed = True
                continue
        if as_json:
            click.echo(json.dumps(dataclasses.asdict(done), ensure_ascii=False))
        else:
            click.echo(
                f"{done.path}: {done.lines} lines, {done.events} events stored, "
                f"{done.dead_letters} dead letters, {done.known} lines stored before"
            )
    sys.exit(int(failed))


def _size(path: Path) -> int | None:
    """The bytes to come; not known of what is packed, and the bar then only shows that it moves."""
    return path.stat().st_size if path.is_file() and path.suffix != ".gz" else None
