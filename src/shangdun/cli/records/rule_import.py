"""``shangdun rules import``: what a folder or an archive of rules would change, and changing it."""

from __future__ import annotations

from pathlib import Path

import click

from shangdun.actions.import_rules import (
    do_apply_rule_import,
    do_stage_rule_import,
    do_undo_rule_import,
)
from shangdun.cli.output import plain, print_json, print_table
from shangdun.cli.records.acting import acting
from shangdun.detect.rule_archive import read_rule_files
from shangdun.detect.rule_import import harvest
from shangdun.detect.rules import load_rules
from shangdun.kernel.config import home_directory, load_config
from shangdun.records.models import ImportChange, RuleImport
from shangdun.records.rule_documents import stored_lists, stored_texts, stored_uid

SHOWN = 20


def import_rules(place: Path, *, collection: str, reason: str, username: str, as_json: bool) -> int:
    """Stage an import and, with a reason, apply it; the exit code."""
    config = load_config(home_directory())
    every = load_rules(
        config.detect.rules,
        builtin=config.detect.builtin,
        texts=stored_texts(),
        lists=stored_lists(),
    ).every()
    known = {one.uid for one in every} | {one.name for one in every if one.name}
    actor = acting(username)
    row = do_stage_rule_import(
        actor,
        harvest(read_rule_files(place), known=known, lists=stored_lists()),
        name=place.resolve().name,
        collection=collection or place.resolve().stem,
        shipped={one.uid: one.path for one in every if not stored_uid(one.path)},
    )
    _tell(row, as_json=as_json)
    if reason:
        row = do_apply_rule_import(actor, import_id=row.pk, reason=reason)
    if as_json:
        print_json({"import": row.pk, "state": row.state, "counts": row.counts})
    else:
        click.echo(f"import {row.pk} is {row.state}", err=True)
        if not reason:
            click.echo(
                "nothing has changed yet: approve it on the Imports page, or call this again "
                "with --apply REASON",
                err=True,
            )
    return int(bool(row.counts.get(ImportChange.WRONG)))


def undo_import(import_id: int, *, reason: str, username: str) -> None:
    """Take an applied import back."""
    row = do_undo_rule_import(acting(username), import_id=import_id, reason=reason)
    click.echo(f"import {row.pk} is {row.state}", err=True)


def _tell(row: RuleImport, *, as_json: bool) -> None:
    items = row.items.order_by("position").defer("text")
    if as_json:
        for item in items:
            print_json(
                {
                    "change": item.change,
                    "id": item.uid,
                    "title": item.title,
                    "file": item.path,
                    "line": item.line,
                    "message": item.message,
                }
            )
        return
    print_table(("change", "rules"), ((name, row.counts[name]) for name in sorted(row.counts)))
    for change in (ImportChange.WRONG, ImportChange.SKIPPED, ImportChange.KEPT):
        found = list(items.filter(change=change)[: SHOWN + 1])
        for item in found[:SHOWN]:
            click.echo(plain(f"{item.path}:{item.line}: {change}: {item.message}"))
        if len(found) > SHOWN:
            click.echo("… --json lists them all")
