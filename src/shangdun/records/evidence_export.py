"""An export of evidence as a ZIP, written while it is sent: no second copy, bounded memory."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from shangdun.kernel.config import home_directory
from shangdun.records import evidence_store
from shangdun.records.checkpoints import CHECKPOINT_FILE, ledger_directory, read_checkpoints
from shangdun.records.ledger_rows import head
from shangdun.records.models import LedgerEntry
from shangdun.respond.evidence.manifest import SUMS, sums, texts_of

_HASH = re.compile(r"\b[0-9a-f]{64}\b")


def export_name(incident: int, at: datetime) -> str:
    """The file's name, without its ending; also the folder inside."""
    return f"evidence-incident-{incident}-{at:%Y%m%dT%H%M%SZ}"


def zip_of(
    incident: int, at: datetime, manifest: bytes, items: list[tuple[str, str, int]]
) -> Iterator[bytes]:
    """The ZIP, piece by piece: items stored as they are, texts, and ``SHA256SUMS`` at the end."""
    seq, ledger = _proof(incident, manifest)
    texts = texts_of(manifest, ledger, seq)
    texts[SUMS] = sums({path: sha256 for path, sha256, _size in items}, texts)
    root = export_name(incident, at)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for path, sha256, size in items:
            with (
                evidence_store.open_content(sha256) as content,
                archive.open(_entry(f"{root}/{path}", at, size), "w", force_zip64=True) as entry,
            ):
                while chunk := content.read(evidence_store.CHUNK):
                    entry.write(chunk)
                    yield sink.take()
        for path, text in texts.items():
            archive.writestr(_entry(f"{root}/{path}", at, len(text)), text)
            yield sink.take()
    yield sink.take()


def write_zip(target: Path, *parcel: Any) -> int:  # noqa: ANN401 - the fields of a parcel
    """Write the ZIP to a file; its bytes."""
    written = 0
    with target.open("xb") as file:
        for piece in zip_of(*parcel):
            written += file.write(piece)
    return written


class _Sink:
    """Takes what is written and gives it away; it cannot be sought, as a network cannot."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open here."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _entry(path: str, at: datetime, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, at.timetuple()[:6])
    info.external_attr = 0o444 << 16
    info.file_size = size
    return info


def _proof(incident: int, manifest: bytes) -> tuple[int, bytes]:
    """The ledger's entries about these items, its head, and its newest signed checkpoint."""
    wanted = set(_HASH.findall(manifest.decode())) | {hashlib.sha256(manifest).hexdigest()}
    rows = LedgerEntry.objects.filter(subject_kind="incident", subject_id=str(incident))
    chosen = [
        row for row in rows.order_by("seq").values() if wanted & set(_HASH.findall(row["payload"]))
    ]
    last = head()
    path = ledger_directory(home_directory()) / CHECKPOINT_FILE
    checkpoints = read_checkpoints(path) if path.exists() else []
    proof = {
        "entries": [{k: v for k, v in row.items() if k != "id"} for row in chosen],
        "head": {"seq": last.seq, "hash": last.hash} if last else None,
        "checkpoint": checkpoints[-1] if checkpoints else None,
    }
    encoded = msgspec.json.format(msgspec.json.encode(proof), indent=1)
    return (chosen[-1]["seq"] if chosen else 0), encoded + b"\n"
