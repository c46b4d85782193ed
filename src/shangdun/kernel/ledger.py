"""A tamper-evident ledger: a hash chain over canonical JSON, and signed checkpoints of its head.

An entry's hash is SHA-256 over the canonical JSON (RFC 8785) of ``{"action", "actor", "payload",
"previous", "seq", "subject": {"id", "kind"}, "time"}``, where ``payload`` is the hex SHA-256 of the
payload's canonical JSON; so every entry seals all before it. Whoever owns the database can rewrite
the whole chain; a checkpoint, signed with Ed25519 (RFC 8032) and kept elsewhere, gives that away.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain as chained
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shangdun.kernel.errors import LedgerError

GENESIS = "0" * 64
"""What the first entry names as its previous hash."""

_MAX_SAFE_INTEGER = 2**53 - 1
_SIGNED_AS = b"shangdun ledger checkpoint v1\n"
_RENUMBERING_TRIED = 10_000


def canonical_json(value: object) -> str:
    """JSON as RFC 8785 writes it: no spaces, keys in UTF-16 order, nothing escaped needlessly.

    A strict subset: ``LedgerError`` for every float (NaN too), whose text differs by language, for
    integers beyond ±(2^53 - 1), for lone surrogates and for keys that are not strings.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise LedgerError("a lone surrogate is not text", fix="replace it first") from error
    return text


def _ordered(value: object) -> object:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) <= _MAX_SAFE_INTEGER:
        return value
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    raise LedgerError(
        f"{value!r:.60} has no canonical form",
        fix="use strings, lists, objects with string keys, and integers up to 2^53 - 1",
    )


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row. ``time`` is in milliseconds since the epoch; ``payload`` is canonical JSON text."""

    seq: int
    time: int
    action: str
    actor: str
    subject_kind: str
    subject_id: str
    payload: str
    previous: str
    hash: str = ""

    def sealed_hash(self, seq: int | None = None) -> str:
        """The hash that the contents ask for (as row ``seq``, where given); 64 hex digits."""
        digest = hashlib.sha256(self.payload.encode("utf-8", "surrogatepass")).hexdigest()
        preimage = {
            "action": self.action,
            "actor": self.actor,
            "payload": digest,
            "previous": self.previous,
            "seq": self.seq if seq is None else seq,
            "subject": {"id": self.subject_id, "kind": self.subject_kind},
            "time": self.time,
        }
        text = json.dumps(preimage, ensure_ascii=False, separators=(",", ":"))  # keys are in order
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def chain(
    previous: Entry | None,
    *,
    time: int,
    action: str,
    actor: str,
    subject: tuple[str, str],
    payload: Mapping[str, object],
) -> Entry:
    """The entry that follows ``previous`` (None: the first); ``subject`` is (kind, id).

    Raises ``LedgerError`` when something has no canonical form.
    """
    kind, identifier = subject
    canonical_json([action, actor, kind, identifier, time])
    entry = Entry(
        seq=previous.seq + 1 if previous else 1,
        time=time,
        action=action,
        actor=actor,
        subject_kind=kind,
        subject_id=identifier,
        payload=canonical_json(payload),
        previous=previous.hash if previous else GENESIS,
    )
    return msgspec.structs.replace(entry, hash=entry.sealed_hash())


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger's head at a moment, signed. ``signature`` is hex; ``time`` in milliseconds."""

    seq: int
    hash: str
    time: int
    key_id: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """What the signature covers: a domain line and the canonical JSON of the rest."""
        body = {"hash": self.hash, "key_id": self.key_id, "seq": self.seq, "time": self.time}
        return _SIGNED_AS + canonical_json(body).encode()


def key_id(key: Ed25519PublicKey) -> str:
    """A key's name: the first 16 hex digits of SHA-256 over its 32 raw bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign_checkpoint(seq: int, head: str, *, time: int, key: Ed25519PrivateKey) -> Checkpoint:
    """A checkpoint of row ``seq`` whose hash is ``head``."""
    bare = Checkpoint(seq=seq, hash=head, time=time, key_id=key_id(key.public_key()))
    return msgspec.structs.replace(bare, signature=key.sign(bare.signed_bytes()).hex())


def signature_holds(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Whether ``key`` signed exactly this checkpoint."""
    if checkpoint.key_id != key_id(key):
        return False
    try:
        key.verify(bytes.fromhex(checkpoint.signature), checkpoint.signed_bytes())
    except (InvalidSignature, ValueError, LedgerError):
        return False
    return True


class Fault(StrEnum):
    """What is wrong with the first bad row."""

    EDITED = "edited"
    DELETED = "deleted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    CHECKPOINT = "checkpoint"


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """``bad_seq`` is the first bad row, or None when all hold up to ``entries`` and ``head``."""

    entries: int
    head: str
    checkpoints: int
    bad_seq: int | None = None
    fault: Fault | None = None
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.fault is None


class _Broken(NamedTuple):
    seq: int
    fault: Fault
    detail: str


def verify(
    entries: Iterable[Entry], checkpoints: Iterable[Checkpoint], key: Ed25519PublicKey | None
) -> Verification:
    """Walk the chain once, in constant memory, and name the first bad row and why.

    ``entries`` come in order of ``seq``; ``checkpoints`` in any order. Without ``key`` their
    signatures are not checked, only that the chain still has them.
    """
    marks = deque(sorted(checkpoints, key=lambda mark: mark.seq))
    total = len(marks)
    rows = iter(entries)
    previous: Entry | None = None
    broken = _forged(marks, key)
    while not broken and (row := next(rows, None)):
        broken = _check_row(row, previous, rows) or _check_marks(row, marks)
        previous = previous if broken else row
    count, head = (previous.seq, previous.hash) if previous else (0, GENESIS)
    if not broken and marks:
        detail = f"a checkpoint has row {marks[-1].seq}, the ledger ends at {count}"
        broken = _Broken(count + 1, Fault.TRUNCATED, detail)
    seq, fault, detail = broken or (None, None, "")
    passed = total - len(marks)
    return Verification(
        entries=count, head=head, checkpoints=passed, bad_seq=seq, fault=fault, detail=detail
    )


def _forged(marks: Iterable[Checkpoint], key: Ed25519PublicKey | None) -> _Broken | None:
    for mark in marks:
        if key and not signature_holds(mark, key):
            detail = "the signature of this row's checkpoint does not hold"
            return _Broken(mark.seq, Fault.CHECKPOINT, detail)
    return None


def _check_row(row: Entry, previous: Entry | None, later: Iterator[Entry]) -> _Broken | None:
    expected, head = (previous.seq + 1, previous.hash) if previous else (1, GENESIS)
    if row.seq != expected:
        if row.seq < expected or any(other.seq == expected for other in later):
            return _Broken(expected, Fault.REORDERED, f"row {row.seq} stands where it belongs")
        return _Broken(expected, Fault.DELETED, f"the next row there is has number {row.seq}")
    if row.sealed_hash() == row.hash:
        if row.previous == head:
            return None
        # The row is whole but was sealed onto a different predecessor: that one was exchanged.
        detail = f"row {row.seq} was sealed onto another row before it"
        return _Broken(max(expected - 1, 1), Fault.REWRITTEN, detail)
    if row.previous != head:
        near = chained(range(expected + 1, expected + _RENUMBERING_TRIED), range(1, expected))
        sealed_as = next((seq for seq in near if row.sealed_hash(seq) == row.hash), None)
        if sealed_as:
            detail = f"this row was sealed as number {sealed_as}: rows were moved or removed"
            return _Broken(expected, Fault.REORDERED, detail)
    return _Broken(expected, Fault.EDITED, "its hash does not fit its contents")


def _check_marks(row: Entry, marks: deque[Checkpoint]) -> _Broken | None:
    while marks and marks[0].seq <= row.seq:
        if marks[0].hash != row.hash:
            detail = "this row, or one since the checkpoint before it, was sealed anew"
            return _Broken(row.seq, Fault.REWRITTEN, detail)
        marks.popleft()
    return None
