"""``shangdun backup``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from shangdun.cli.output import plain
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory
from shangdun.runtime.backups import make_backup, newest_backup
from shangdun.runtime.restoring import Restored, place_restored, restore_backup


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

    Without --to it is only tried. With it the folder has everything, or is not made. Exit 1: it
    cannot be used.
    """
    home = home_directory()
    found = path or newest_backup(home)
    if found is None:
        raise click.ClickException("there is no backup: `shangdun backup make` makes one")
    if to is not None:
        tried = place_restored(found, to, _no_limit, home)
    else:
        with tempfile.TemporaryDirectory(prefix="shangdun-restore-") as scratch:
            tried = restore_backup(found, Path(scratch), _no_limit, home=home)
    if tried.problem:
        click.echo(f"{found}: {plain(tried.problem)}\nfix: {plain(tried.fix)}", err=True)
        sys.exit(1)
    click.echo(f"{found}: {tried.files} files, {tried.ledger_rows} rows of the ledger, all whole")
    _tell(tried)


def _tell(tried: Restored) -> None:
    if tried.key:
        click.echo(
            f"its ledger is signed by the key {tried.key}: compare it with the copy you keep"
        )
    if "records.sqlite3" in tried.lacks:
        click.echo("it has no records: those in PostgreSQL are restored from a dump of PostgreSQL")
    if "sealing.key" in tried.lacks:
        click.echo(
            "it has no sealing.key: what was sealed opens with the key of the old home alone"
        )


def _no_limit() -> None:
    """A person waits as long as it takes."""
