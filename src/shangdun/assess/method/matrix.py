"""The matrix: threat and weakness give likelihood, asset and harm give loss, both give the level.

The steps are those of GB/T 20984-2022 (the likelihood of a security event from threat and
vulnerability, its loss from the asset's value and the severity, the risk from both). The standard's
own formula tables were not at hand when this was written: the tables here are ShangDun's, said to
be so wherever they are shown, and each company changes them cell by cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from shangdun.assess.method.scale import LEVELS
from shangdun.kernel.errors import UsageError

Table = tuple[tuple[int, ...], ...]
Name = Literal["likelihood", "loss", "risk"]
NAMES: tuple[Name, ...] = ("likelihood", "loss", "risk")
SPLIT = (4, 9, 15, 20)
"""Products of likelihood and loss from which the levels 2, 3, 4 and 5 begin, before a company
changes a cell."""


class Rated(msgspec.Struct, frozen=True):
    """What a risk is rated with, each 1 to 5."""

    threat: int
    ease: int
    asset: int
    harm: int


class Level(msgspec.Struct, frozen=True):
    """Where a risk lies: column, row and colour of the heat map."""

    likelihood: int
    loss: int
    level: int


class Effect(msgspec.Struct, frozen=True):
    """By how many levels a measure lowers likelihood and loss."""

    likelihood: int = 0
    loss: int = 0


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """Three tables of five by five; ``table[row - 1][column - 1]``, rows being the first factor."""

    likelihood: Table
    loss: Table
    risk: Table

    def before(self, rated: Rated) -> Level:
        """Without any measure."""
        likelihood = self.likelihood[rated.threat - 1][rated.ease - 1]
        return self._level(likelihood, self.loss[rated.asset - 1][rated.harm - 1])

    def after(self, rated: Rated, effects: Sequence[Effect]) -> Level:
        """With these measures: their steps add up, and nothing falls below 1."""
        before = self.before(rated)
        likelihood = before.likelihood - sum(effect.likelihood for effect in effects)
        loss = before.loss - sum(effect.loss for effect in effects)
        return self._level(max(1, likelihood), max(1, loss))

    def _level(self, likelihood: int, loss: int) -> Level:
        return Level(likelihood, loss, self.risk[likelihood - 1][loss - 1])


def checked(tables: dict[Name, Sequence[Sequence[int]]]) -> Matrix:
    """The matrix, or ``UsageError`` (``matrix.cell``, ``matrix.order``) with the table and cell.

    More threat, more value, more harm never mean less risk: no row and no column may fall.
    """
    for name in NAMES:
        table = tables[name]
        if len(table) != len(LEVELS) or any(len(row) != len(LEVELS) for row in table):
            raise UsageError("five by five", code="matrix.cell", where=name, fix="25 cells a table")
        for row in LEVELS:
            for column in LEVELS:
                _check_cell(name, table, row, column)
    made: dict[str, Table] = {name: tuple(map(tuple, tables[name])) for name in NAMES}
    return Matrix(**made)


def _check_cell(name: Name, table: Sequence[Sequence[int]], row: int, column: int) -> None:
    value, where = table[row - 1][column - 1], f"{name} {row}×{column}"
    if value not in LEVELS:
        raise UsageError("a level is 1 to 5", code="matrix.cell", where=where, fix="1 to 5")
    above = table[row - 2][column - 1] if row > 1 else value
    left = table[row - 1][column - 2] if column > 1 else value
    if value < max(above, left):
        raise UsageError(
            "a worse case has a lower level",
            code="matrix.order",
            where=where,
            fix=f"at least {max(above, left)} here, or lower the cell before it",
        )


def default() -> Matrix:
    """Likelihood and loss as the rounded geometric mean, the level by the product's five bands."""
    mean = tuple(
        tuple(math.floor(math.sqrt(row * column) + 0.5) for column in LEVELS) for row in LEVELS
    )
    level = tuple(
        tuple(1 + sum(row * column >= bound for bound in SPLIT) for column in LEVELS)
        for row in LEVELS
    )
    return Matrix(likelihood=mean, loss=mean, risk=level)
