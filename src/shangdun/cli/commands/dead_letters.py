"""``shangdun dead-letters``."""

from __future__ import annotations

import json
from typing import Any

import click

from shangdun.cli.logs import log_to_stderr
from shangdun.cli.output import plain
from shangdun.kernel.config import home_directory, load_config


@click.group()
def command() -> None:
    """Lines that could not be read: nothing is lost, and a better parser can have another try."""


@command.command("list")
@click.option("--source", default="", help="Only of this source.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="One letter a line.")
def list_letters(source: str, limit: int, *, as_json: bool) -> None:
    """Show them, those of the newest day first."""
    from shangdun.lake.block import readable  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.places import lake_folder  # noqa: PLC0415  as above
    from shangdun.lake.store import Lake  # noqa: PLC0415  as above
    from shangdun.lake.store.replay import read_letters  # noqa: PLC0415  as above

    home = home_directory()
    left = limit
    for letters in read_letters(Lake(lake_folder(home, load_config(home))), source=source):
        for row in letters.head(left).iter_rows(named=True):
            click.echo(_shown(row, readable(row["raw"]), as_json=as_json))
        left -= min(left, letters.height)
        if not left:
            break


@command.command("replay")
@click.option("--source", default="", help="Only of this source.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def replay_letters(source: str, *, as_json: bool) -> None:
    """Read them with the present parsers; what can be read becomes an event, once."""
    from shangdun.lake.places import lake_folder  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.runtime.replay import replay_dead_letters  # noqa: PLC0415  as above

    log_to_stderr()
    home = home_directory()
    config = load_config(home)
    done = replay_dead_letters(lake_folder(home, config), config, source=source)
    if as_json:
        click.echo(json.dumps({"tried": done.tried, "moved": done.moved, "left": done.left}))
    else:
        click.echo(f"{done.tried} tried, {done.moved} became events, {done.left} stay")


def _shown(row: dict[str, Any], raw: str, *, as_json: bool) -> str:
    if as_json:
        names = ("source", "source_file", "source_line", "source_offset", "format", "reason")
        return json.dumps({**{name: row[name] for name in names}, "raw": raw}, ensure_ascii=False)
    place = f"{row['source']}:{row['source_line']}"
    return f"{plain(place)}  {plain(row['reason'])}  {plain(raw)}"
