"""Rows into a file: CSV that no spreadsheet takes for formulas, NDJSON, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from shangdun.kernel.errors import UsageError
from shangdun.lake.query.request import Export

FORMS = ("csv", "ndjson", "parquet")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula, also in the full-width forms that Excel takes
(OWASP, CSV injection)."""


class _Writer(Protocol):
    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def write_export(
    reader: pa.RecordBatchReader, export: Export, progress: Callable[[int], None]
) -> tuple[int, bool]:
    """Write batches until they end or a limit is met; rows written, and whether more were there."""
    rows = 0
    path = Path(export.path)
    with path.open("wb") as file:
        writer = _writer(export.form, file, reader.schema)
        try:
            for batch in reader:
                room = export.most - rows
                writer.write(batch.slice(0, room))
                rows += min(room, batch.num_rows)
                progress(rows)
                if batch.num_rows > room or file.tell() > export.most_bytes:
                    return rows, True
        finally:
            writer.close()
    return rows, False


def safe_cell(value: object) -> object:
    """A value for CSV: a text that a spreadsheet would run gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
        return f"'{value}"
    return value


def _writer(form: str, file: BinaryIO, schema: pa.Schema) -> _Writer:
    if form == "csv":
        return _Csv(file, schema)
    if form == "ndjson":
        return _Lines(file)
    if form == "parquet":
        return pq.ParquetWriter(file, schema, compression="zstd", store_schema=False)  # type: ignore[no-any-return]  # pyarrow has no types
    raise UsageError(f"there is no form {form!r}", fix=f"use one of {', '.join(FORMS)}")


class _Csv:
    """RFC 4180 in UTF-8 with a byte order mark, without which Excel garbles Chinese."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._csv = csv.writer(self._text)
        self._csv.writerow([safe_cell(name) for name in schema.names])

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [column.to_pylist() for column in batch.columns]
        rows = zip(*columns, strict=True)
        self._csv.writerows([[safe_cell(value) for value in row] for row in rows])

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class _Lines:
    """One JSON object a line, without nulls."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, batch: pa.RecordBatch) -> None:
        rows: list[dict[str, Any]] = batch.to_pylist()
        for row in rows:
            kept = {name: value for name, value in row.items() if value is not None}
            self._file.write(json.dumps(kept, ensure_ascii=False, default=str).encode() + b"\n")

    def close(self) -> None:
        self._file.flush()
