"""``shangdun decisions never-block``: list, add, remove."""

from __future__ import annotations

import click

from shangdun.actions.change_never_block import PURPOSES, Protection, do_protect, do_unprotect
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.cli.records.targets import target_of
from shangdun.kernel.errors import NotFound
from shangdun.protect.never_block import Purpose
from shangdun.records.models import NeverBlock
from shangdun.records.protected import visible_never_block


@click.group()
def group() -> None:
    """Who is never turned away."""


@group.command("list")
@as_option
@json_option
def list_entries(username: str, *, as_json: bool) -> None:
    """Everybody who is never turned away, and why."""
    rows = visible_never_block(acting(username))
    if as_json:
        for row in rows:
            print_json(_record(row))
        return
    columns = ("whom", "purpose", "note", "by", "until")
    print_table(columns, (_cells(row) for row in rows))


@group.command()
@click.argument("whom")
@click.option("--purpose", type=click.Choice(sorted(one.value for one in PURPOSES)), required=True)
@click.option("--note", default="")
@as_option
@json_option
def add(whom: str, purpose: str, note: str, username: str, *, as_json: bool) -> None:
    """Never turn WHOM away (KIND:VALUE or an address); decisions that do so now end at once."""
    wanted = Protection(target=target_of(whom), purpose=Purpose(purpose), note=note)
    row = do_protect(acting(username), wanted)
    if as_json:
        print_json(_record(row))
    else:
        click.echo(f"never turned away: {row.kind}:{plain(row.value)} ({row.purpose})")


@group.command()
@click.argument("whom")
@as_option
def remove(whom: str, username: str) -> None:
    """Take WHOM off the list."""
    one = target_of(whom)
    actor = acting(username)
    row = visible_never_block(actor).filter(kind=one.kind, value=one.value).first()
    if row is None:
        raise NotFound(f"{one} is not on the list", fix="see shangdun decisions never-block list")
    do_unprotect(actor, entry_id=row.pk)
    click.echo(f"removed: {one}")


def _record(row: NeverBlock) -> dict[str, object]:
    names = ("kind", "value", "purpose", "note", "derived", "author", "added", "until")
    return {name: getattr(row, name) for name in names}


def _cells(row: NeverBlock) -> tuple[object, ...]:
    by = "by itself" if row.derived else row.author
    return f"{row.kind}:{plain(row.value)}", row.purpose, plain(row.note), by, row.until or ""
