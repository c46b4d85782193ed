"""``shangdun prove``: whether the protection of the shop works."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError

if TYPE_CHECKING:
    from shangdun.protect.prove.proof import Exchange, Result

NOT_FOUND = 404


@click.command()
@click.argument("url", required=False)
@click.option("--insecure", is_flag=True, help="Take any certificate, as of a test system.")
@click.option("--details", is_flag=True, help="Every request with its answer.")
@json_option
def command(url: str | None, *, insecure: bool, details: bool, as_json: bool) -> None:
    """Put the shop's protection to the test: harmless attacks of every kind, honest journeys.

    URL is the shop through its edge, by default that of [protect.proof]. Attacks go to a parameter
    that no shop reads. They must be stopped, and found by the watch of this home directory; the
    journeys must pass. Exit 0: every measure works; 1: one does not.
    """
    from shangdun.protect.prove.proof import Outcome  # noqa: PLC0415  not for --help
    from shangdun.protect.prove.settings import proof_config  # noqa: PLC0415  as above
    from shangdun.records import boot  # noqa: PLC0415  as above

    home = home_directory()
    proof = proof_config(load_config(home))
    url = url or proof.url
    if not url:
        raise UsageError(
            "which shop?", code="proof.url", fix="shangdun prove https://shop.example.com"
        )
    boot.start()
    boot.migrate(home)
    from shangdun.actions.prove import do_start_proof  # noqa: PLC0415  needs boot
    from shangdun.records.actor import local_administrator  # noqa: PLC0415  as above
    from shangdun.runtime.prove import carry_out, protection_state  # noqa: PLC0415  as above

    clock = SystemClock()
    row = do_start_proof(
        local_administrator(), url=url, changed=protection_state(), running=True, clock=clock
    )
    watched = _is_watched(home)
    if not watched:
        click.echo("no watch runs on this home: only what is stopped is judged", err=True)
    with click.progressbar(
        length=100, label="testing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        results = carry_out(
            row.pk, proof, clock, verify=not insecure, watched=watched,
            told=lambda share: bar.update(round(100 * share) - bar.pos),
        )  # fmt: skip
    row.refresh_from_db()
    if row.error:
        raise UsageError(row.error, code="proof.failed", where=url)
    _show(results, details=details, as_json=as_json)
    if not as_json:
        _sum_up(results, row.working, row.known)
    sys.exit(0 if all(one.outcome is Outcome.WORKS for one in results) else 1)


def _is_watched(home: Path) -> bool:
    """Whether somebody else holds the watch's lock."""
    from shangdun.kernel.errors import Conflict  # noqa: PLC0415  not for --help
    from shangdun.runtime.lock import only_one  # noqa: PLC0415  as above

    try:
        with only_one(home, "watch"):
            return False
    except Conflict:
        return True


def _show(results: list[Result], *, details: bool, as_json: bool) -> None:
    if as_json:
        for result in results:
            print_json(msgspec.to_builtins(result))
        return
    print_table(
        ["measure", "kind", "outcome", "stopped", "seen after"],
        (
            (
                result.title["en"],
                result.kind,
                result.outcome,
                f"{sum(one.stopped for one in result.exchanges)}/{len(result.exchanges)}",
                "" if result.seconds_to_see is None else f"{result.seconds_to_see:.1f} s",
            )
            for result in results
        ),
    )
    if details:
        for result in results:
            for one, times in _repeated(result):
                held = "as it should" if one.stopped else "NOT as it should"
                often = f" ({times} times)" if times > 1 else ""
                told = f"{plain(one.request)} {plain(one.note)}".rstrip()
                click.echo(f"{result.measure:<16}{one.status:>4} {held:<17}{told}{often}")


def _repeated(result: Result) -> Iterator[tuple[Exchange, int]]:
    """Exchanges in their order; alike ones in a row are one, with how many they were."""
    alike = groupby(result.exchanges, key=lambda one: (one.request, one.status, one.stopped))
    for _, group in alike:
        first, *more = group
        yield first, 1 + len(more)


def _sum_up(results: list[Result], working: int, known: int) -> None:
    """The one number; what to change where the shop is silent or a path is not the shop's."""
    if not known:
        notes = [one.note for result in results for one in result.exchanges if one.note]
        why = f": {plain(notes[0])}" if notes else ""
        click.echo(f"\nnothing is known: the shop did not answer{why} (check the address)")
        return
    click.echo(f"\n{working} of {known} measures work: {round(100 * working / known)} %")
    missing = {
        plain(one.request)
        for result in results
        if result.outcome == "fails" and result.kind in {"journey", "behaviour"}
        for one in result.exchanges
        if one.status == NOT_FOUND
    }
    for request in sorted(missing):
        click.echo(f"{request} is not there (404): name the shop's own path in [protect.proof]")
