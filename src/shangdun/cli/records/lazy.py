"""A command group whose module is imported when it is used, after Django has been started."""

from __future__ import annotations

import importlib
from typing import Any

import click

from shangdun.kernel.errors import StoreError
from shangdun.records import boot

RECORDS_AWAY = "shangdun.records_away"
"""Set in the context's ``meta`` where the records did not answer."""


class RecordsGroup(click.Group):
    """Finds its subcommands in ``group`` of the named module."""

    def __init__(
        self,
        name: str,
        *,
        module: str,
        help: str,  # noqa: A002 - click's word
        without_records: tuple[str, ...] = (),
    ) -> None:
        super().__init__(name, help=help)
        self._module = module
        self._without_records = without_records
        self._group: click.Group | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._loaded().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; one that does without records is found also while they are away."""
        from django.db import DatabaseError, InterfaceError  # noqa: PLC0415  needs boot.start

        try:
            return self._loaded().get_command(ctx, cmd_name)
        except (DatabaseError, InterfaceError):
            if cmd_name not in self._without_records:
                raise
            ctx.meta[RECORDS_AWAY] = True
            group: click.Group = importlib.import_module(self._module).group
            return group.get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; a database that cannot answer becomes an error with its fix."""
        from django.db import DatabaseError, InterfaceError  # noqa: PLC0415  needs boot.start

        try:
            return super().invoke(ctx)
        except (DatabaseError, InterfaceError) as error:
            raise StoreError(
                f"the records cannot answer: {error}",
                code="records.broken",
                where="records",
                fix="run shangdun doctor; restore the database where a table is gone",
            ) from error

    def _loaded(self) -> click.Group:
        if self._group is None:
            boot.migrate(boot.start())
            group: click.Group = importlib.import_module(self._module).group
            self._group = group
        return self._group
