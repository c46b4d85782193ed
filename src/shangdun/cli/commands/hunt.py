"""``shangdun hunt``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
import msgspec

from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.kernel.clock import SystemClock, from_millis
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError
from shangdun.kernel.severity import Severity

if TYPE_CHECKING:
    from shangdun.detect.finding import Finding
    from shangdun.detect.history import History
    from shangdun.detect.rule import RuleSet
    from shangdun.kernel.config import Config


@click.command()
@click.argument("rule")
@click.option("--from", "since", default="-24h", show_default=True, metavar="T")
@click.option("--to", "until", default="now", show_default=True, metavar="T")
@click.option("--source", "sources", multiple=True, help="Only this source; may be repeated.")
@click.option("--keep", default=1000, show_default=True, type=click.IntRange(1, 100_000))
@json_option
def command(
    rule: str, since: str, until: str, sources: tuple[str, ...], keep: int, *, as_json: bool
) -> None:
    """Run a rule over what the lake holds: a file of rules, or the id of a rule in force.

    Nothing is recorded. Exit 0: nothing found; 1: findings.
    """
    from shangdun.detect.history import Range, run_history  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.lake.places import lake_folder  # noqa: PLC0415  as above
    from shangdun.lake.query.times import moment_of  # noqa: PLC0415  as above
    from shangdun.lake.store import Lake  # noqa: PLC0415  as above

    home = home_directory()
    config = load_config(home)
    zone = ZoneInfo(config.web.time_zone)
    now = SystemClock().now()
    found = run_history(
        Lake(lake_folder(home, config)),
        _ruleset(rule, config),
        Range(
            moment_of(since, now=now, zone=zone),
            moment_of(until, now=now, zone=zone),
            sources or None,
            zone,
        ),
        progress=_progress,
        keep=keep,
    )
    if sys.stderr.isatty():
        click.echo("", err=True)
    _tell(found, zone, as_json=as_json)
    raise SystemExit(int(found.found > 0))


def _ruleset(rule: str, config: Config) -> RuleSet:
    from shangdun.detect.rules import load_rules  # noqa: PLC0415  polars takes a moment: not for --help
    from shangdun.records import boot  # noqa: PLC0415  as above

    home = boot.start()
    boot.migrate(home)
    if not Path(rule).exists():
        from shangdun.runtime.hunted_rules import rules_of  # noqa: PLC0415  needs records.boot.start

        return rules_of(config, rule)
    from shangdun.records.rule_documents import stored_lists  # noqa: PLC0415  as above

    ruleset = load_rules([rule], builtin=False, lists=stored_lists())
    for error in [*ruleset.errors, *ruleset.skipped]:
        click.echo(f"rule left out: {error}", err=True)
    if not ruleset.every():
        raise UsageError(
            f"{rule} has no rule that can be run", fix=f"see `shangdun rules check {rule}`"
        )
    return ruleset


def _progress(history: History) -> bool:
    if sys.stderr.isatty():
        bar = "█" * int(history.done * 30)
        text = (
            f"\r{bar:<30} {history.done:4.0%}  {history.events:,} events, {history.found:,} found"
        )
        click.echo(text, err=True, nl=False)
    return True


def _tell(found: History, zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        for finding in found.findings:
            print_json(msgspec.to_builtins(finding))
        return
    rows = [_row(finding, zone) for finding in found.findings]
    if rows:
        print_table(["time", "severity", "rule", "whom", "events"], rows)
    left = found.found - len(found.findings)
    more = f", {left:,} older ones are not shown" if left else ""
    click.echo(f"{found.found:,} findings of {found.events:,} events{more}", err=True)


def _row(finding: Finding, zone: ZoneInfo) -> list[object]:
    moment = from_millis(finding.time).astimezone(zone).isoformat(" ", "seconds")
    whom = ", ".join(f"{entity.kind} {entity.value}" for entity in finding.entities[:3])
    severity = Severity(finding.severity_id).name.lower()
    return [moment, severity, finding.title, plain(whom), finding.count]
