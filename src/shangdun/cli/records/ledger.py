"""``shangdun ledger``: verify, export, checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from shangdun.actions.checkpoint_ledger import do_checkpoint_ledger
from shangdun.cli.output import json_option, plain, print_json
from shangdun.cli.records.acting import acting, as_option
from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import LedgerError
from shangdun.kernel.ledger import Entry, Verification, verify
from shangdun.records.access import visible_ledger
from shangdun.records.checkpoints import (
    CHECKPOINT_FILE,
    PUBLIC_FILE,
    ledger_directory,
    public_key,
    read_checkpoints,
    signed_but_gone,
)
from shangdun.records.ledger_rows import entries

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def group() -> None:
    """The tamper-evident ledger."""


@group.command("verify")
@click.option("--file", "export", type=EXISTING, help="Verify an export instead of the database.")
@click.option("--checkpoints", type=EXISTING, help="A copy of checkpoints.jsonl kept elsewhere.")
@click.option("--public-key", "key_file", type=EXISTING, help="A copy of key.pub.pem.")
@json_option
def verify_ledger(
    export: Path | None, checkpoints: Path | None, key_file: Path | None, *, as_json: bool
) -> None:
    """Walk the chain and name the first bad row; exit 1 when there is one.

    Also when checkpoints are gone though there is a key that signed them. Checkpoints and key are
    taken from the home directory unless copies are named. Copies on a machine that nobody here can
    write are what makes a rewritten chain or a cut end visible.
    """
    folder = ledger_directory(home_directory())
    marks = read_checkpoints(checkpoints or folder / CHECKPOINT_FILE)
    key_path = key_file or folder / PUBLIC_FILE
    key = public_key(key_path) if key_file or key_path.exists() else None
    gone = not export and not checkpoints and signed_but_gone(folder, marks)
    verdict = verify(_read(export) if export else entries(), marks, key)
    if as_json:
        signed = {
            "holds": verdict.holds and not gone,
            "signatures_checked": bool(marks and key),
            "checkpoints_gone": gone,
        }
        print_json({**signed, **msgspec.to_builtins(verdict)})
    else:
        _tell(verdict, unsigned=bool(marks) and key is None)
        if gone:
            click.echo(
                f"{folder / CHECKPOINT_FILE} is gone or empty, though this installation has "
                "signed: verify with the copy kept elsewhere (--checkpoints)"
            )
    sys.exit(0 if verdict.holds and not gone else 1)


@group.command("export")
@click.option("--output", type=click.File("wb"), default="-", help="Default: standard output.")
@as_option
def export_ledger(output: BinaryIO, username: str) -> None:
    """Write every entry as a JSON line, in order; `verify --file` reads it."""
    visible_ledger(acting(username))
    output.writelines(msgspec.json.encode(entry) + b"\n" for entry in entries())


@group.command("checkpoint")
@as_option
@json_option
def checkpoint_ledger(username: str, *, as_json: bool) -> None:
    """Sign the present head and add it to ledger/checkpoints.jsonl in the home directory."""
    mark = do_checkpoint_ledger(acting(username), home=home_directory())
    if as_json:
        print_json(msgspec.to_builtins(mark))
    else:
        click.echo(f"signed row {mark.seq} with key {mark.key_id}: {mark.hash}")


def _read(path: Path) -> Iterator[Entry]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield msgspec.json.decode(line, type=Entry)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise LedgerError(
                    f"is not a ledger entry: {error}",
                    where=f"{path}:{number}",
                    fix="name a file that `shangdun ledger export` wrote",
                ) from error


def _tell(verdict: Verification, *, unsigned: bool) -> None:
    if unsigned:
        click.echo("there is no public key: signatures of checkpoints are not checked", err=True)
    if not verdict.holds:
        click.echo(f"row {verdict.bad_seq}: {verdict.fault}: {plain(verdict.detail)}")
        click.echo(f"{verdict.entries} rows before it hold")
        return
    click.echo(
        f"the ledger holds: {verdict.entries} rows, {verdict.checkpoints} checkpoints, "
        f"head {verdict.head}"
    )
    if not verdict.checkpoints:
        click.echo(
            "no checkpoint: a cut end would not be seen; sign one: shangdun ledger checkpoint"
        )
