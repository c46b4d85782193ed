"""``shangdun enforce``."""

from __future__ import annotations

from pathlib import Path

import click

from shangdun.cli.logs import log_to_stderr
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError


@click.command()
@click.option("--from", "url", metavar="URL", help="ShangDun on another machine.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The key that the Enforcers page gave for this machine.",
)
@click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False),
    help="Whom to trust about the other machine's certificate; default: the system's authorities.",
)
@click.option("--prepare", is_flag=True, help="Only make the files nginx needs to start, and end.")
def command(*, url: str | None, key_file: Path | None, ca_file: str | None, prepare: bool) -> None:
    """Put decisions in force: nftables, nginx, webhooks, as configured. SIGTERM stops it."""
    from shangdun.runtime import enforce  # noqa: PLC0415  the server's imports only where it runs
    from shangdun.runtime.stop import stop_on_signals  # noqa: PLC0415  as above

    log_to_stderr()
    home = home_directory()
    config = load_config(home)
    if prepare:
        for name in enforce.prepare(config):
            click.echo(f"{name}: ready")
        return
    if (url is None) != (key_file is None):
        raise UsageError(
            "another machine is asked with --from and --key-file together",
            code="usage.enforce",
            fix="add an enforcer of the kind process on its Enforcers page and keep the key",
        )
    remote = None
    if url is not None and key_file is not None:
        remote = url, key_file.read_text("ascii").strip(), ca_file or ""
    enforce.enforce(home, config, stop_on_signals(), remote=remote)
