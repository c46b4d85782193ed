"""``shangdun up``."""

from __future__ import annotations

import os

import click

from shangdun.cli.logs import log_to_stderr
from shangdun.kernel.config import home_directory, load_config


@click.command()
@click.option("--demo", is_flag=True, help="With a shop, its customers and its attackers.")
@click.option(
    "--bind", metavar="HOST:PORT", help="Where the console answers; default 127.0.0.1:8600."
)
def command(*, demo: bool, bind: str | None) -> None:
    """Run everything on this machine: console, watch and jobs. Ctrl-C stops it cleanly."""
    from shangdun.runtime.up import up  # noqa: PLC0415  the server's imports only where it runs

    log_to_stderr()
    if bind:
        os.environ["SHANGDUN_WEB__BIND"] = bind
    home = home_directory()
    up(home, load_config(home), demo=demo, tell=click.echo)
