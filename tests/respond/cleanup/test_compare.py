"""Data against its backup: what is the same, what differs, what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import ParseError
from shangdun.respond.cleanup.compare import Measured, compare, read_manifest

A, B = "a" * 64, "b" * 64


def test_sums_and_counts_are_read():
    text = f"# orders\n{A}  db/orders.sql\n{B} *db/users.sql\norders,1042\n\nusers,77,{A.upper()}\n"
    assert read_manifest(text) == {
        "db/orders.sql": Measured(checksum=A),
        "db/users.sql": Measured(checksum=B),
        "orders": Measured(1042),
        "users": Measured(77, A),
    }


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ""),
        ("# nothing\n\n", ""),
        ("orders", "line 1"),
        ("orders,many", "line 1"),
        ("orders,-1", "line 1"),
        ("orders,1\norders,1", "line 2"),
        ("orders,1,xyz", "line 1"),
        (",5", "line 1"),
        ('"orders,5', "line 1"),
        ("orders,1,2,3", "line 1"),
        ("orders," + "9" * 30, "line 1"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, where):
    with pytest.raises(ParseError) as told:
        read_manifest(text)
    assert told.value.where == where
    assert told.value.fix


@pytest.mark.parametrize(
    ("live", "backup", "whole", "differing"),
    [
        ("orders,5", "orders,5", True, 0),
        ("orders,5", "orders,6", False, 1),
        ("orders,5\nusers,1", "orders,5", False, 1),
        ("orders,5", "orders,5\nusers,1", False, 1),
        (f"orders,5,{A}", f"orders,5,{B}", False, 1),
        (f"orders,5,{A}", "orders,5", False, 1),  # a checksum on one side alone proves nothing
        ("a,1", "b,1", False, 2),
    ],
)
def test_what_differs(live, backup, whole, differing):
    found = compare(read_manifest(live), read_manifest(backup))
    assert (found.whole, found.differing) == (whole, differing)
    assert len(found.differences) == differing


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text):
    try:
        manifest = read_manifest(text)
    except ParseError:
        return
    assert manifest
    assert compare(manifest, manifest).whole
