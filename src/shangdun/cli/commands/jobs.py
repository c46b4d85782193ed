"""``shangdun jobs``."""

from __future__ import annotations

import click

from shangdun.cli.logs import log_to_stderr
from shangdun.kernel.config import load_config


@click.command()
def command() -> None:
    """Run the scheduled jobs alone: compaction, retention, signing the ledger."""
    from shangdun.records import boot  # noqa: PLC0415  the server's imports only where it runs

    log_to_stderr()
    home = boot.start()  # before what follows: its actions name models, which want Django set up
    from shangdun.runtime.jobs import run_jobs  # noqa: PLC0415  as said

    run_jobs(home, load_config(home))
