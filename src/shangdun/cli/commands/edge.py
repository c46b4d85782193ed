"""``shangdun edge``: what stands in front of the shop, written, judged, put in force."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangdun.cli.output import json_option, plain, print_json
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.severity import Severity

if TYPE_CHECKING:
    from shangdun.protect.edge.problem import Problem
    from shangdun.protect.edge.settings import EdgeConfig

prefix_option = click.option(
    "--prefix",
    default="/etc/nginx",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of nginx.conf.",
)


@click.group()
def command() -> None:
    """The shop's edge: nginx with ModSecurity and the OWASP Core Rule Set.

    What it should be stands in [edge] of shangdun.toml (docs/edge.md).
    """


@command.command()
@prefix_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write files here.")
def render(prefix: Path, out: Path | None) -> None:
    """Write nginx's and ModSecurity's configuration, and the sources that watch them."""
    from shangdun.protect.edge.render import render as rendered  # noqa: PLC0415  not for --help
    from shangdun.protect.edge.render import sources_toml  # noqa: PLC0415  as above

    edge = _settings()
    files = {**rendered(edge, str(prefix)), "shangdun-sources.toml": sources_toml(edge)}
    for name, text in files.items():
        if out is None:
            click.echo(f"# ---- {prefix / name}\n{text}")
            continue
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        click.echo(path)


@command.command()
@click.argument(
    "file", default="/etc/nginx/nginx.conf", type=click.Path(path_type=Path, dir_okay=False)
)
@click.option(
    "--at-least",
    default="low",
    show_default=True,
    type=click.Choice(["low", "medium", "high", "critical"]),
    help="Tell of problems from this severity on.",
)
@json_option
def check(file: Path, at_least: str, *, as_json: bool) -> None:
    """Say what is wrong with an nginx configuration, why it matters, and what to write instead.

    Any configuration will do, also one that was not written by us. Exit 0: nothing; 1: problems.
    """
    from shangdun.protect.edge.check import problems_of  # noqa: PLC0415  not for --help
    from shangdun.protect.edge.problem import Subject  # noqa: PLC0415  as above
    from shangdun.protect.edge.settings import edge_config  # noqa: PLC0415  as above
    from shangdun.protect.edge.tree import read_config  # noqa: PLC0415  as above

    config = load_config(home_directory())
    edge = edge_config(config)
    subject = Subject(
        nginx=read_config(file),
        now=SystemClock().now(),
        watched=_watched(),
        decisions_folder=edge.decisions_folder if config.edge and edge.decisions else "",
    )
    least = Severity[at_least.upper()]
    found = [problem for problem in problems_of(subject) if problem.severity >= least]
    _show(found, as_json=as_json)
    sys.exit(1 if found else 0)


@command.command()
@prefix_option
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def apply(prefix: Path, *, dry_run: bool) -> None:
    """Put [edge] in force: nginx tests the whole first; when it refuses, nothing is changed.

    A reload drops no connection. Exit 0: in force; 1: refused, as it was before.
    """
    from shangdun.protect.edge import apply as applying  # noqa: PLC0415  not for --help
    from shangdun.protect.edge.render import render as rendered  # noqa: PLC0415  as above
    from shangdun.protect.edge.render import sources_toml  # noqa: PLC0415  as above

    edge = _settings()
    files = rendered(edge, str(prefix))
    if dry_run:
        for line in applying.differences(files, prefix):
            click.echo(plain(line.rstrip("\n")))
        return
    nginx = applying.find_nginx(prefix)
    if edge.decisions:
        applying.open_decisions(Path(edge.decisions_folder))
    done = applying.apply(files, nginx)
    for name in done.changed:
        click.echo(f"written  {prefix / name}")
    click.echo(_outcome(changed=bool(done.changed), reloaded=done.reloaded))
    watched = _watched()
    missing = [name for name in (f"{edge.log_folder}/shop-access.log*",) if name not in watched]
    if missing:
        click.echo("\nNothing watches it yet. Add to shangdun.toml:\n\n" + sources_toml(edge))


def _outcome(*, changed: bool, reloaded: bool) -> str:
    if not changed:
        return "nothing to change: it is in force as it stands"
    return "nginx reloaded" if reloaded else "nginx does not run: it will start with this"


def _settings() -> EdgeConfig:
    from shangdun.protect.edge.settings import edge_config  # noqa: PLC0415  not for --help

    return edge_config(load_config(home_directory()))


def _watched() -> frozenset[str]:
    from shangdun.records import boot  # noqa: PLC0415  Django takes a moment: not for --help

    boot.start()
    from shangdun.records.configured_sources import watched_paths  # noqa: PLC0415  needs boot

    return watched_paths()


def _show(found: list[Problem], *, as_json: bool) -> None:
    if as_json:
        for problem in found:
            print_json(
                {
                    "code": problem.code,
                    "severity": problem.severity.name.lower(),
                    "where": problem.where,
                    "what": problem.what,
                    "why": problem.why,
                    "fix": problem.fix,
                }
            )
        return
    if not found:
        click.echo("nothing is wrong with it")
        return
    for problem in found:
        head = f"{problem.severity.name.lower():<9}{plain(problem.where)}  [{problem.code}]"
        click.echo(head)
        click.echo(f"         {plain(problem.what)}. {problem.why}")
        click.echo(f"         → {plain(problem.fix)}\n")
