"""``shangdun rules list|check|test|coverage``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangdun.cli.output import json_option, plain, print_json, print_table

if TYPE_CHECKING:
    from shangdun.detect.rule import RuleSet

folder_argument = click.argument(
    "folder", required=False, type=click.Path(exists=True, path_type=Path), metavar="[DIR]"
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
    """What the rules are about: ATT&CK tactics and techniques, OWASP automated threats."""
    from shangdun.detect.coverage import coverage  # noqa: PLC0415  polars takes a moment: not for --help

    ruleset = _load(folder)
    covered = coverage(ruleset.every())
    if as_json:
        for one in covered:
            print_json(one._asdict())
    else:
        rows = ((one.kind, one.key, one.name, len(one.rules)) for one in covered)
        print_table(("kind", "", "name", "rules"), rows)


def _load(folder: Path | None) -> RuleSet:
    from shangdun.detect.rules import load_rules  # noqa: PLC0415  polars takes a moment: not for --help

    return load_rules([folder] if folder else [], builtin=folder is None)
