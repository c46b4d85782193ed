"""The lake's columns as DuckDB knows them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shangdun.lake.schema import FIELDS, Kind

_TYPES = {
    Kind.STRING: "VARCHAR",
    Kind.JSON: "VARCHAR",
    Kind.INTEGER: "INTEGER",
    Kind.LONG: "BIGINT",
    Kind.MILLIS: "BIGINT",
    Kind.UINT: "BIGINT",
    Kind.ULONG: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
}

DUCKDB_TYPES: Mapping[str, str] = MappingProxyType(
    {field.name: _TYPES[field.kind] for field in FIELDS}
)
"""Every column with its type in a search."""
