"""``shangdun year``: twelve months of a shop's plan, played into an empty home."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import click

from shangdun.cli.output import json_option, print_json, print_table
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import UsageError

MOST_MONTHS = 36
DIARY = "year.jsonl"


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same year.")
@click.option("--months", default=12, show_default=True, help="How many, up to --until.")
@click.option("--until", metavar="YYYY-MM-DD", help="The last day; by default yesterday.")
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans")
@json_option
def command(*, seed: int, months: int, until: str | None, language: str, as_json: bool) -> None:
    """Play a year of the security plan: meetings, reports, surveys, drills, incidents, work.

    For demonstrations and trials. It needs a home without incidents and programmes: people, plan
    and everything that happens come of it, day after day, through the product's own actions. What
    happened is written to year.jsonl beside the records, to be held against what the pages say.
    """
    last = _day(until) if until else SystemClock().now().date() - timedelta(days=1)
    if not 1 <= months <= MOST_MONTHS:
        raise UsageError("no such length", where="--months", fix=f"1 to {MOST_MONTHS}")
    first = _months_before(last, months)
    from shangdun.records import boot  # noqa: PLC0415  not for --help

    home = home_directory()
    boot.start()
    boot.migrate(home)
    from shangdun.runtime.year.cast import issue_passwords  # noqa: PLC0415  needs boot
    from shangdun.runtime.year.play import Year  # noqa: PLC0415  as above

    year = Year(seed=seed, first=first, language=language)
    year.open()
    days = (last - first).days + 1
    with click.progressbar(year.play(last), days, label="year", file=sys.stderr) as played:
        for _day_of_it in played:
            pass
    year.diary.keep(home / DIARY)
    tally = year.diary.tally()
    passwords = issue_passwords(year.people)
    if as_json:
        print_json({"first": first, "last": last, "happened": tally, "passwords": passwords})
        return
    print_table(("what happened", "times"), tally.items())
    print_table(("sign in as", "one-time password"), passwords.items())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day", where="--until", fix="as 2026-06-30") from None


def _months_before(last: date, months: int) -> date:
    """The day after ``last``, so many months earlier: twelve months hold each date once."""
    following = last + timedelta(days=1)
    year, month = divmod(following.year * 12 + following.month - 1 - months, 12)
    return date(year, month + 1, min(following.day, 28))
