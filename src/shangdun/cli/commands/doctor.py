"""``shangdun doctor``."""

from __future__ import annotations

import json
import sys

import click

from shangdun.cli.output import plain
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory, load_config
from shangdun.runtime.doctor import Place, examine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One symptom a line, as JSON.")
def command(*, as_json: bool) -> None:
    """Say what is missing, broken, unsafe or late, with the fix for each.

    Exit 0: all is well; 1: something is not.
    """
    home = home_directory()
    place = Place(home, load_config(home), SystemClock())
    ill = False
    for name, symptoms in examine(place):
        ill = ill or bool(symptoms)
        if not symptoms and not as_json:
            click.echo(f"ok       {name}")
        for symptom in symptoms:
            if as_json:
                click.echo(json.dumps({"check": name, **symptom._asdict()}, ensure_ascii=False))
            else:
                click.echo(f"{symptom.kind:8} {name}: {plain(symptom.what)}")
                click.echo(f"         → {plain(symptom.fix)}")
    sys.exit(int(ill))
