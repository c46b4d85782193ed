"""``shangdun evidence``: add, list, verify, export."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.evidence.export import do_export_evidence
from shangdun.actions.evidence.upload import do_upload_evidence
from shangdun.actions.evidence.verify import verify as verify_item
from shangdun.cli.output import json_option, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.evidence import visible_evidence
from shangdun.records.evidence_export import export_name, write_zip
from shangdun.records.models import EvidenceSource

INCIDENT = click.argument("incident", type=int)


@click.group()
def group() -> None:
    """Evidence."""


@group.command()
@INCIDENT
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--note", default="", help="Where it was found.")
@as_option
@json_option
def add(incident: int, files: tuple[Path, ...], note: str, username: str, *, as_json: bool) -> None:
    """Keep files byte for byte as evidence of an incident."""
    actor = acting(username)
    found = get_incident_by_number(actor, incident)
    for path in files:
        item = do_upload_evidence(
            actor,
            keep_content(path.name, path),
            incident_id=found.pk,
            source=EvidenceSource.TERMINAL,
            origin=str(path.resolve()),
            note=note,
        )
        if as_json:
            print_json(
                {"label": item.label, "name": item.name, "sha256": item.sha256, "size": item.size}
            )
        else:
            flags = f"  [{', '.join(item.flags)}]" if item.flags else ""
            click.echo(f"{item.label}  {item.sha256}  {item.name}{flags}")


@group.command("list")
@INCIDENT
@as_option
@json_option
def listed(incident: int, username: str, *, as_json: bool) -> None:
    """The evidence of an incident."""
    actor = acting(username)
    items = visible_evidence(actor, get_incident_by_number(actor, incident))
    if as_json:
        for item in items:
            print_json(
                {
                    "label": item.label, "name": item.name, "sha256": item.sha256,
                    "size": item.size, "type": item.media_type, "flags": item.flags,
                    "intact": item.intact, "added_at": item.added_at,
                }
            )  # fmt: skip
        return
    rows = [
        (item.label, item.name, item.size, item.media_type, " ".join(item.flags),
         "intact" if item.intact else "CHANGED", item.sha256)
        for item in items
    ]  # fmt: skip
    print_table(("item", "name", "bytes", "type", "flags", "state", "sha256"), rows)


@group.command()
@INCIDENT
@click.argument("numbers", nargs=-1, type=int)
@as_option
def verify(incident: int, numbers: tuple[int, ...], username: str) -> None:
    """Read items again and walk their chains; all of them without NUMBERS. Fails for damage."""
    actor = acting(username)
    items = visible_evidence(actor, get_incident_by_number(actor, incident))
    chosen = numbers or [item.number for item in items.filter(disposed_at=None)]
    damaged = 0
    for number in chosen:
        checked = verify_item(actor, incident, number)
        damaged += not checked.sound
        click.echo(f"E-{number}  {checked.words}")
    if damaged:
        click.echo(f"error: {damaged} of {len(chosen)} do not hold", err=True)
        sys.exit(1)


@group.command()
@INCIDENT
@click.argument("numbers", nargs=-1, type=int)
@click.option("--purpose", required=True, help="What for; it stands in the chain of custody.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path(),
    help="Folder to write to; default: here.",
)  # fmt: skip
@as_option
def export(
    incident: int, numbers: tuple[int, ...], purpose: str, output: Path, username: str
) -> None:
    """Items (all without NUMBERS) as one ZIP that anybody can check with sha256sum."""
    actor = acting(username)
    items = visible_evidence(actor, get_incident_by_number(actor, incident))
    chosen = numbers or [item.number for item in items.filter(disposed_at=None)]
    if not output.is_dir():
        raise UsageError("this is no folder", where=str(output), fix="name a folder")
    parcel = do_export_evidence(actor, incident=incident, numbers=chosen, purpose=purpose)
    target = output / f"{export_name(parcel.incident, parcel.at)}.zip"
    written = write_zip(target, *parcel)
    click.echo(f"{target}: {len(parcel.items)} items, {written} bytes")
