"""``shangdun backup``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from shangdun.cli.output import plain
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory
from shangdun.runtime.backups import make_backup, newest_backup, restore_backup


@click.group()
def command() -> None:
    """Back up ShangDun's own state, and try the backup."""


@command.command()
def make() -> None:
    """Make a backup now; prints its path."""
    click.echo(make_backup(home_directory(), SystemClock().now()))


@command.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--to", type=click.Path(path_type=Path), help="Empty folder; kept afterwards.")
def restore(path: Path | None, to: Path | None) -> None:
    """Unpack a backup (the newest, or PATH) and check it: hashes, database, ledger.

    Without --to it is only tried. Exit 1: it cannot be used.
    """
    found = path or newest_backup(home_directory())
    if found is None:
        raise click.ClickException("there is no backup: `shangdun backup make` makes one")
    if to is not None:
        if to.exists() and any(to.iterdir()):
            raise click.ClickException(f"{to} is not empty")
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        tried = restore_backup(found, to, _no_limit)
    else:
        with tempfile.TemporaryDirectory(prefix="shangdun-restore-") as scratch:
            tried = restore_backup(found, Path(scratch), _no_limit)
    if tried.problem:
        click.echo(f"{found}: {plain(tried.problem)}", err=True)
        sys.exit(1)
    click.echo(f"{found}: {tried.files} files, {tried.ledger_rows} rows of the ledger, all whole")


def _no_limit() -> None:
    """A person waits as long as it takes."""
