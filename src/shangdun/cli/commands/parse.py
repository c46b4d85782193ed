"""``shangdun parse``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from shangdun.kernel.config import home_directory, load_config

if TYPE_CHECKING:
    from shangdun.lake.block import DeadLetter, Parsed


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_name", default="", metavar="F", help="Default: looked for.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines.")
@click.option("--limit", default=20, show_default=True, help="Events to show; 0: all.")
def command(file: Path, format_name: str, limit: int, *, as_json: bool) -> None:
    """Show what the lines of a log become, and why others cannot be read.

    Exit 0: every line was read; 1: some could not be; 2: wrong usage.
    """
    from shangdun.lake.block import read_blocks  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.parse import get_parser, sniff  # noqa: PLC0415  as above

    if not format_name:
        sample = next(read_blocks(file, 1 << 16), None)
        format_name = (sniff(sample.data) if sample else None) or "json"
        click.echo(f"read as {format_name}", err=True)
    zone = ZoneInfo(load_config(home_directory()).web.time_zone)
    parser = get_parser(format_name, zone=zone)
    shown = dead = 0
    for block in read_blocks(file, boundary=parser.boundary):
        parsed = parser.parse(block)
        dead += len(parsed.dead)
        _tell_dead(parsed.dead[: limit or None])
        rest = parsed.events.height if not limit else max(0, limit - shown)
        shown += _show(parsed, rest, as_json=as_json)
        if limit and shown >= limit:
            break
    raise SystemExit(int(dead > 0))


def _show(parsed: Parsed, count: int, *, as_json: bool) -> int:
    rows = parsed.events.head(count)
    for row in rows.iter_rows(named=True):
        fields = {name: value for name, value in row.items() if value is not None}
        if as_json:
            click.echo(json.dumps(fields, ensure_ascii=True))
            continue
        click.echo(f"line {fields['_line']}")
        for name, value in fields.items():
            if name not in {"_line", "_offset", "_length"}:
                click.echo(f"  {name} = {json.dumps(value, ensure_ascii=True)}")
    return rows.height


def _tell_dead(letters: tuple[DeadLetter, ...]) -> None:
    for letter in letters:
        head = ascii(letter.raw[:120])[2:-1]
        click.echo(f"line {letter.line} {letter.reason}: {head}", err=True)
