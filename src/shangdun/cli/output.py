"""Tables for people, JSON lines for programs; text from logs cannot steer the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 240

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")


def plain(value: object) -> str:
    r"""Text without control characters: an escape sequence in a log line shows as ``\x1b``."""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in str(value)
    )


def print_json(record: dict[str, Any]) -> None:
    click.echo(msgspec.json.encode(record).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(value)) for value in row))
    # a pipe or a file has no width: lines stay whole there
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(highlight=False, soft_wrap=False, width=width).print(table)
