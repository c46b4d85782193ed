"""A command group whose module is imported when it is used, after Django has been started."""

from __future__ import annotations

import importlib

import click

from shangdun.records import boot


class RecordsGroup(click.Group):
    """Finds its subcommands in ``group`` of the named module."""

    def __init__(self, name: str, *, module: str, help: str) -> None:  # noqa: A002 - click's word
        super().__init__(name, help=help)
        self._module = module
        self._group: click.Group | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._loaded().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._loaded().get_command(ctx, cmd_name)

    def _loaded(self) -> click.Group:
        if self._group is None:
            boot.migrate(boot.start())
            group: click.Group = importlib.import_module(self._module).group
            self._group = group
        return self._group
