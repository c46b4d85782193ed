"""The ``shangdun`` command: each subcommand is one module of ``commands``, imported when asked."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import click

from shangdun import __version__
from shangdun.cli import commands
from shangdun.kernel.errors import ConfigError, ShangdunError, UsageError

EXIT_FAILED = 1
EXIT_USAGE = 2


class CommandFolder(click.Group):
    """Finds subcommands by file name, so that ``detect`` never pays for loading Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        names = (module.name for module in pkgutil.iter_modules(commands.__path__))
        return sorted(name.replace("_", "-") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shangdun")
def shangdun() -> None:
    """ShangDun 商盾: watch an online shop, find attacks, lead the response."""


def main() -> None:
    """Run the command; an error of ours becomes one line on stderr and a documented exit code.

    Whatever is written belongs to its owner alone: databases, events and copies of the ledger hold
    what others must not read, also where the home directory itself is open.
    """
    os.umask(0o077)
    try:
        shangdun(prog_name="shangdun")
    except ShangdunError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_USAGE if isinstance(error, (UsageError, ConfigError)) else EXIT_FAILED)
