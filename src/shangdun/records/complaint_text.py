"""What customers said and were told, sealed; opened only for whoever may read their data."""

from __future__ import annotations

from shangdun.records.models import Complaint
from shangdun.records.sealing import seal, unseal


def sealed_text(text: str, part: str) -> bytes:
    """``part`` is ``customer``, ``text`` or ``answer``."""
    return seal(text, f"complaint {part}") if text else b""


def plain(row: Complaint) -> dict[str, str]:
    """The three in plain. Callers hold READ_AFFECTED."""
    return {
        part: unseal(bytes(getattr(row, part)), f"complaint {part}") if getattr(row, part) else ""
        for part in ("customer", "text", "answer")
    }
