"""The chain: every kind of tampering is named at its first row."""

from __future__ import annotations

import hashlib
import itertools
import json
import tracemalloc
from collections.abc import Iterator

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import LedgerError
from shangdun.kernel.ledger import (
    GENESIS,
    Checkpoint,
    Entry,
    Fault,
    canonical_json,
    chain,
    sign_checkpoint,
    signature_holds,
    verify,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key()


def entries(count: int) -> Iterator[Entry]:
    previous = None
    for number in range(count):
        previous = chain(
            previous,
            time=1_700_000_000_000 + number,
            action="comment",
            actor=f"user:{number % 3}",
            subject=("incident", str(number % 5)),
            payload={"note": f"第{number}条", "n": number},
        )
        yield previous


def resealed(rows: list[Entry], since: int) -> list[Entry]:
    """What an owner of the database would do: seal every row from ``since`` anew."""
    out = rows[:since]
    for row in rows[since:]:
        bare = msgspec.structs.replace(row, previous=out[-1].hash if out else GENESIS)
        out.append(msgspec.structs.replace(bare, hash=bare.sealed_hash()))
    return out


def edit(row: Entry, **changes: object) -> Entry:
    return msgspec.structs.replace(row, **changes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5},
            '{"\\r":2,"1":4,"\u20ac":1,"\U0001f600":5,"\ufb33":3}',
        ),
        ('\u0000\u001f"\\/\u007f\u2028', '"\\u0000\\u001f\\"\\\\/\u007f\u2028"'),
        ([], "[]"),
        (("a",), '["a"]'),
        (-(2**53) + 1, "-9007199254740991"),
    ],
)
def test_canonical_json_is_rfc_8785(value: object, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        {1: 2},
        b"x",
        {"a": {1}},
        "\ud800",
        {"\udc00": 1},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(LedgerError):
        canonical_json(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_reads_back_and_does_not_depend_on_the_order_of_keys(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    if isinstance(value, dict):
        assert canonical_json(dict(reversed(value.items()))) == text


def test_an_entrys_hash_is_the_documented_recipe() -> None:
    (row,) = entries(1)
    payload = hashlib.sha256('{"n":0,"note":"第0条"}'.encode()).hexdigest()
    preimage = (
        f'{{"action":"comment","actor":"user:0","payload":"{payload}","previous":"{"0" * 64}",'
        '"seq":1,"subject":{"id":"0","kind":"incident"},"time":1700000000000}'
    )
    assert row.hash == hashlib.sha256(preimage.encode()).hexdigest()


def test_an_untouched_chain_holds() -> None:
    rows = list(entries(50))
    marks = [sign_checkpoint(s, rows[s - 1].hash, time=1, key=KEY) for s in (50, 7, 7)]
    verdict = verify(rows, marks, PUBLIC)
    assert verdict.holds
    assert (verdict.entries, verdict.head, verdict.checkpoints) == (50, rows[-1].hash, 3)
    assert verify([], [], PUBLIC).holds


FIELDS = ("time", "action", "actor", "subject_kind", "subject_id", "payload", "previous", "hash")


@given(st.integers(0, 19), st.sampled_from(FIELDS))
def test_every_edit_is_named_at_its_row(at: int, field: str) -> None:
    rows = list(entries(20))
    old = getattr(rows[at], field)
    rows[at] = edit(rows[at], **{field: old + 1 if isinstance(old, int) else old + "0"})
    verdict = verify(rows, [], None)
    assert (verdict.bad_seq, verdict.fault) == (at + 1, Fault.EDITED)


@given(st.integers(0, 18), st.integers(1, 5))
def test_deletion_is_named_at_the_first_missing_row(at: int, count: int) -> None:
    rows = list(entries(20))
    del rows[at : min(at + count, 19)]
    verdict = verify(rows, [], None)
    assert (verdict.bad_seq, verdict.fault) == (at + 1, Fault.DELETED)


@given(st.integers(0, 19), st.integers(0, 19))
def test_two_rows_that_changed_places_are_named_at_the_first(one: int, other: int) -> None:
    rows = list(entries(20))
    rows[one], rows[other] = rows[other], rows[one]
    verdict = verify(rows, [], None)
    if one == other:
        assert verdict.holds
    else:
        assert (verdict.bad_seq, verdict.fault) == (min(one, other) + 1, Fault.REORDERED)


def test_swapped_numbers_and_renumbering_after_a_deletion_are_named() -> None:
    rows = list(entries(20))
    rows[4], rows[9] = edit(rows[9], seq=5), edit(rows[4], seq=10)
    assert verify(rows, [], None).bad_seq == 5
    assert verify(rows, [], None).fault is Fault.REORDERED
    rows = list(entries(20))
    del rows[11]
    rows = [edit(row, seq=number) for number, row in enumerate(rows, 1)]
    assert (verify(rows, [], None).bad_seq, verify(rows, [], None).fault) == (12, Fault.REORDERED)


def test_an_edited_row_with_a_fitting_hash_is_given_away_by_its_successor() -> None:
    rows = list(entries(20))
    bare = edit(rows[6], actor="user:nobody")
    rows[6] = edit(bare, hash=bare.sealed_hash())
    assert (verify(rows, [], None).bad_seq, verify(rows, [], None).fault) == (7, Fault.REWRITTEN)


def test_a_chain_sealed_anew_is_given_away_by_a_checkpoint() -> None:
    rows = list(entries(20))
    marks = [sign_checkpoint(s, rows[s - 1].hash, time=1, key=KEY) for s in (5, 10, 20)]
    rows[6] = edit(rows[6], actor="user:nobody")
    rows = resealed(rows, 6)
    assert verify(rows, [], None).holds  # which is why checkpoints are kept elsewhere
    verdict = verify(rows, marks, PUBLIC)
    assert (verdict.bad_seq, verdict.fault, verdict.checkpoints) == (10, Fault.REWRITTEN, 1)


@pytest.mark.parametrize("left", [0, 1, 13])
def test_truncation_is_given_away_by_a_checkpoint(left: int) -> None:
    rows = list(entries(20))
    mark = sign_checkpoint(14, rows[13].hash, time=1, key=KEY)
    verdict = verify(rows[:left], [mark], PUBLIC)
    assert (verdict.bad_seq, verdict.fault) == (left + 1, Fault.TRUNCATED)


def test_a_forged_checkpoint_is_named() -> None:
    rows = list(entries(3))
    mark = sign_checkpoint(3, rows[2].hash, time=1, key=KEY)
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    for bad in (
        msgspec.structs.replace(mark, seq=2, hash=rows[1].hash),
        msgspec.structs.replace(mark, time=2),
        msgspec.structs.replace(mark, signature="00"),
        msgspec.structs.replace(mark, signature="no hex"),
        sign_checkpoint(3, rows[2].hash, time=1, key=stranger),
    ):
        assert not signature_holds(bad, PUBLIC)
        assert verify(rows, [bad], PUBLIC).fault is Fault.CHECKPOINT
    assert signature_holds(mark, PUBLIC)


def test_a_checkpoint_survives_its_file_format() -> None:
    mark = sign_checkpoint(3, "ab", time=1, key=KEY)
    assert msgspec.json.decode(msgspec.json.encode(mark), type=Checkpoint) == mark


def test_verifying_takes_the_same_memory_however_long_the_ledger() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        assert verify(entries(count), [], None).entries == count
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(20_000) < peak(2_000) + 50_000


def test_contents_cannot_move_between_fields() -> None:
    one, other = (
        Entry(
            seq=1,
            time=1,
            action=a,
            actor=b,
            subject_kind="",
            subject_id="",
            payload="{}",
            previous=GENESIS,
        )
        for a, b in itertools.permutations(('x","actor":"y', "y"), 2)
    )
    assert one.sealed_hash() != other.sealed_hash()
