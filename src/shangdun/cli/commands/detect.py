"""``shangdun detect``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from shangdun.cli.memory import keep_freed_memory
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError

if TYPE_CHECKING:
    from shangdun.detect.rule import RuleSet
    from shangdun.detect.run import Figures, Run
    from shangdun.lake.block import Block
    from shangdun.lake.parse import Reader

STDIN = "-"
MOST_SHOWN = 10
"""Rule errors that are named; `shangdun rules check` names all."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "format_name", required=True, metavar="F", help="combined, json, ocsf …")
@click.option(
    "--rules",
    "rule_paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Sigma rules: a file or a folder; may be repeated.",
)
@click.option("--no-builtin", is_flag=True, help="Without the rules that come with ShangDun.")
@click.option("--json", "as_json", is_flag=True, help="OCSF 2004 detection findings, one a line.")
@click.option("--stats", is_flag=True, help="End with one line of figures as JSON on stderr.")
def command(
    files: tuple[str, ...],
    format_name: str,
    rule_paths: tuple[Path, ...],
    *,
    no_builtin: bool,
    as_json: bool,
    stats: bool,
) -> None:
    """Evaluate log files without server or state; one finding a line. `-` is standard input.

    Exit 0: nothing found; 1: findings; 2: wrong usage.
    """
    from shangdun.cli.findings import JsonReport, TextReport  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.detect.rules import load_rules  # noqa: PLC0415  as above
    from shangdun.detect.run import Run  # noqa: PLC0415  as above
    from shangdun.lake.parse import get_parser  # noqa: PLC0415  as above

    zone = ZoneInfo(load_config(home_directory()).web.time_zone)
    parser = get_parser(format_name, zone=zone)
    _check(files)
    ruleset = load_rules(rule_paths, builtin=not no_builtin)
    _tell_errors(ruleset)
    report = (JsonReport if as_json else TextReport)(sys.stdout, int(time.time() * 1000))
    keep_freed_memory()
    run = Run(ruleset, parser, report)
    for name in files:
        _feed(run, name, parser)
    figures = run.finish()
    _tell_figures(figures, stats=stats)
    raise SystemExit(int(figures.findings > 0))


def _check(files: tuple[str, ...]) -> None:
    for name in files:
        if name != STDIN and not Path(name).is_file():
            raise UsageError(f"{name} is no file", code="usage.file", fix="check the path")


def _feed(run: Run, name: str, parser: Reader) -> None:
    path = "<stdin>" if name == STDIN else name
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    try:
        for figures in run.feed(_blocks(name, parser), path):
            if shown:
                progress = f"\r{figures.events:,} events, {figures.findings:,} findings"
                click.echo(progress, err=True, nl=False)
    finally:
        if shown:
            click.echo("", err=True)


def _blocks(name: str, parser: Reader) -> Iterator[Block]:
    from shangdun.lake.block import BlockCutter, cut_blocks, read_blocks  # noqa: PLC0415  as above

    if name == STDIN:
        cutter = BlockCutter(name="<stdin>", boundary=parser.boundary)
        return cut_blocks(sys.stdin.buffer, cutter)
    return read_blocks(name, boundary=parser.boundary)


def _tell_errors(ruleset: RuleSet) -> None:
    """Rules that cannot be used are named, and never stop those that can."""
    for error in ruleset.errors[:MOST_SHOWN]:
        click.echo(f"rule left out: {error}", err=True)
    if len(ruleset.errors) > MOST_SHOWN:
        click.echo(f"… and {len(ruleset.errors) - MOST_SHOWN} more", err=True)
    if not ruleset.every():
        raise UsageError("there is no rule to evaluate", fix="give --rules or drop --no-builtin")


def _tell_figures(figures: Figures, *, stats: bool) -> None:
    for reason, count in figures.reasons.items():
        click.echo(f"{count} lines could not be read: {reason}", err=True)
    if stats:
        numbers = {name: value for name, value in asdict(figures).items() if name != "reasons"}
        click.echo(json.dumps(numbers), err=True)
