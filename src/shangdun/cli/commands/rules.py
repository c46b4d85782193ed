"""``shangdun rules list|check|test|coverage``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.kernel.config import home_directory

if TYPE_CHECKING:
    from shangdun.detect.rule import RuleSet

folder_argument = click.argument(
    "folder", required=False, type=click.Path(exists=True, path_type=Path), metavar="[DIR]"
)
_as_option = click.option(
    "--as", "username", metavar="NAME", default="", help="Act as this person."
)


@click.group()
def command() -> None:
    """Look at detection rules; without DIR, at those that come with ShangDun."""


@command.command("list")
@folder_argument
@json_option
def list_rules(folder: Path | None, *, as_json: bool) -> None:
    """Every rule with its level and source."""
    ruleset = _load(folder)
    every = sorted(ruleset.every(), key=lambda rule: rule.title)
    if as_json:
        for rule in every:
            print_json(
                {
                    "id": rule.uid,
                    "title": rule.title,
                    "level": rule.level,
                    "status": rule.status,
                    "tags": list(rule.tags),
                    "file": rule.path,
                    "line": rule.line,
                }
            )
    else:
        rows = ((rule.level, rule.title, rule.uid, f"{rule.path}:{rule.line}") for rule in every)
        print_table(("level", "title", "id", "where"), rows)


@command.command("check")
@folder_argument
@json_option
def check_rules(folder: Path | None, *, as_json: bool) -> None:
    """Name every rule that is wrong, with file and line, and every one that cannot be evaluated.

    Exit 0: all rules can be used, but for those that are skipped; 1: some are wrong.
    """
    ruleset = _load(folder)
    for kind, found in (("error", ruleset.errors), ("skipped", ruleset.skipped)):
        for one in found:
            if as_json:
                print_json(
                    {
                        "kind": kind,
                        "file": one.path,
                        "line": one.line,
                        "title": one.title,
                        "message": one.message,
                    }
                )
            else:
                click.echo(plain(f"{one.path}:{one.line}: {kind}: {one.message}"))
    usable = len(ruleset.every())
    click.echo(
        f"{usable} rules usable, {len(ruleset.errors)} wrong, {len(ruleset.skipped)} skipped",
        err=True,
    )
    raise SystemExit(int(bool(ruleset.errors)))


@command.command("test")
@folder_argument
@json_option
def test_rules(folder: Path | None, *, as_json: bool) -> None:
    """Run the test events beside the rules (`<rule>.tests.yml`).

    Exit 0: all pass; 1: some do not.
    """
    from shangdun.detect.rules import builtin_folders  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.detect.ruletest import run_folder  # noqa: PLC0415  as above

    total = failed = 0
    folders = [folder] if folder else builtin_folders()
    for result in (one for root in folders for one in run_folder(root)):
        total += 1
        failed += bool(result.problem)
        if as_json:
            record = {"file": result.path, "case": result.case, "problem": result.problem}
            print_json(record)
        elif result.problem:
            click.echo(plain(f"{result.path}: {result.case}: {result.problem}"))
    click.echo(f"{total} cases, {failed} failed", err=True)
    raise SystemExit(int(failed > 0))


@command.command("coverage")
@folder_argument
@json_option
def rule_coverage(folder: Path | None, *, as_json: bool) -> None:
    """What is watched, what is blind for want of a source, and what to connect.

    ATT&CK tactics and techniques and OWASP's automated threats. What arrives is known from the
    watch of this home; without one everything is blind.
    """
    from shangdun.detect.coverage import coverage, feeds_of  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.health import read_health  # noqa: PLC0415  as above

    health = read_health(home_directory())
    seen = {one.name: one.log_sources for one in health.sources} if health else {}
    feeds = feeds_of(seen, to_millis(SystemClock().now()))
    covered = coverage(_load(folder).every(), feeds=feeds)
    if as_json:
        for one in covered:
            print_json(
                {
                    "kind": one.kind,
                    "key": one.key,
                    "name": one.name,
                    "name_zh": one.name_zh,
                    "state": one.state,
                    "watching": one.watching,
                    "blind": one.blind,
                    "sources": one.sources,
                    "connect": one.connect,
                    "rules": [rule.title for rule in one.rules],
                }
            )
        return
    rows = (
        (
            one.key,
            one.name,
            one.state,
            f"{one.watching}/{len(one.rules)}",
            ", ".join(one.sources),
            ", ".join(one.connect[:3]) if one.blind else "",
        )
        for one in covered
    )
    print_table(("", "name", "state", "on watch", "fed by", "connect"), rows)


@command.command("import")
@click.argument("place", type=click.Path(exists=True, path_type=Path), metavar="PATH")
@click.option("--collection", default="", help="Name of the collection; else that of the file.")
@click.option("--apply", "reason", default="", metavar="REASON", help="Apply it, and why.")
@_as_option
@json_option
def import_rules(
    place: Path, collection: str, reason: str, username: str, *, as_json: bool
) -> None:
    """Take in a folder or a .zip of Sigma rules, such as a release of SigmaHQ.

    Says what is new, changed, removed, wrong or skipped. Nothing is in force before --apply, or
    before somebody approves it on the Imports page. Exit 1: some rules are wrong.
    """
    _start_records()
    from shangdun.cli.records import rule_import  # noqa: PLC0415  needs records.boot.start

    raise SystemExit(
        rule_import.import_rules(
            place, collection=collection, reason=reason, username=username, as_json=as_json
        )
    )


@command.command("undo-import")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it is taken back.")
@_as_option
def undo_import(number: int, reason: str, username: str) -> None:
    """Take a whole import back; what was edited since stays."""
    _start_records()
    from shangdun.cli.records import rule_import  # noqa: PLC0415  needs records.boot.start

    rule_import.undo_import(number, reason=reason, username=username)


def _start_records() -> None:
    from shangdun.records import boot  # noqa: PLC0415  Django takes a moment: not for --help

    boot.migrate(boot.start())


def _load(folder: Path | None) -> RuleSet:
    from shangdun.detect.rules import load_rules  # noqa: PLC0415  polars takes a moment: not for --help

    return load_rules([folder] if folder else [], builtin=folder is None)
