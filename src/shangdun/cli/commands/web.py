"""``shangdun web``."""

from __future__ import annotations

import click

from shangdun.cli.logs import log_to_stderr
from shangdun.kernel.config import home_directory, load_config


@click.command()
def command() -> None:
    """Run the console alone, for deployments that run each process by themselves."""
    from shangdun.records import boot  # noqa: PLC0415  the server's imports only where it runs
    from shangdun.runtime.web import serve  # noqa: PLC0415  as above

    log_to_stderr()
    boot.migrate(boot.start())
    serve(load_config(home_directory()))
