"""``shangdun watch``."""

from __future__ import annotations

import click

from shangdun.cli.logs import log_to_stderr
from shangdun.kernel.config import home_directory, load_config


@click.command()
def command() -> None:
    """Watch the sources alone: read, detect, store. SIGTERM stops it when all is stored."""
    from shangdun.runtime.stop import stop_on_signals  # noqa: PLC0415  the server's imports only where it runs
    from shangdun.runtime.watch import watch  # noqa: PLC0415  as above

    log_to_stderr()
    home = home_directory()
    watch(home, load_config(home), stop_on_signals())
