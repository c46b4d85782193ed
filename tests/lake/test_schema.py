"""The schema and its page."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pyarrow as pa

from shangdun.lake.classes import CLASSES
from shangdun.lake.parse.combined import COLUMNS
from shangdun.lake.schema import ARROW_SCHEMA, FIELD_BY_NAME, FIELDS, POLARS_SCHEMA, Origin
from shangdun.lake.schema_page import schema_page

PAGE = Path(__file__).parent.parent.parent / "docs" / "schema.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == schema_page(), (
        "run: python -m shangdun.lake.schema_page > docs/schema.md"
    )


def test_columns_are_named_once_in_ocsf_s_way_and_described() -> None:
    assert len(FIELD_BY_NAME) == len(FIELDS)
    for field in FIELDS:
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", field.name)
        assert field.description
        assert not field.description.endswith(".")
        assert set(field.classes) <= CLASSES.keys()


def test_both_schemas_are_the_same() -> None:
    empty = pl.DataFrame(schema=dict(POLARS_SCHEMA))
    assert ARROW_SCHEMA.names == list(POLARS_SCHEMA)
    table = empty.to_arrow()
    for name in ARROW_SCHEMA.names:
        found = table.schema.field(name).type
        found = pa.string() if pa.types.is_large_string(found) else found
        assert found == ARROW_SCHEMA.field(name).type


def test_our_classes_are_numbered_as_an_extension_s() -> None:
    ours = [one for one in CLASSES.values() if one.ours]
    assert [one.uid for one in ours] == list(range(92006001, 92006010))
    assert {one.category_uid for one in ours} == {6}
    assert {CLASSES[uid].category_uid for uid in (3002, 4002, 6003)} == {3, 4, 6}


def test_our_additions_are_marked_as_ours() -> None:
    assert FIELD_BY_NAME["order.uid"].origin is Origin.OURS
    assert FIELD_BY_NAME["user.name"].origin is Origin.OCSF
    assert FIELD_BY_NAME["source_offset"].origin is Origin.LAKE


def test_what_the_access_log_fills_is_in_the_schema() -> None:
    assert set(COLUMNS) <= POLARS_SCHEMA.keys()
