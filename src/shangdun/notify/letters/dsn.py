"""What comes back: delivery status notifications (RFC 3464), one, a mailbox of them, or a CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

LARGEST = 32 << 20
MOST = 100_000
MOST_BOUNDARIES = 200
"""Of one message: a notification has three parts, and a letter that came back a few."""
_KEY = re.compile(r"<?([0-9a-f]{32})(?:@|$)")
_FROM_LINE = re.compile(rb"(?m)^From [^\r\n]*\r?\n")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Returned:
    """One recipient's fate. ``key`` is our letter's, where the notification shows it."""

    key: str
    address: str
    failed: bool
    """False: only delayed, or delivered."""
    status: str
    """Enhanced status code (RFC 3463), such as ``5.1.1``; may be empty."""


def returned_in(content: bytes) -> Iterator[Returned]:
    """Everything a file tells of, whichever of the three it is; the rest is passed over."""
    content = content[:LARGEST]
    if content.startswith(b"From ") or b"delivery-status" in content.lower():
        for message in _messages(content):
            yield from _of_message(message)
    else:
        yield from _of_csv(content)


def _messages(content: bytes) -> Iterator[Message]:
    pieces = _FROM_LINE.split(content) if content.startswith(b"From ") else [content]
    for piece in pieces[: MOST + 1]:
        if piece.strip() and piece.count(b"\n--") <= MOST_BOUNDARIES:
            # one of thousands of parts in each other is no notification, and would exhaust us
            yield message_from_bytes(piece)


def _of_message(message: Message) -> Iterator[Returned]:
    parts = list(message.walk())[:50]
    status = next((p for p in parts if p.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return
    blocks = _inside(status)
    key = _key_in(parts, blocks)
    for block in blocks[:100]:
        recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
        if not recipient:
            continue
        found = _STATUS.search(str(block.get("Status", "")))
        code = found[0] if found else ""
        action = str(block.get("Action", "")).strip().lower()
        yield Returned(
            key=key,
            address=recipient.rpartition(";")[2].strip().strip("<>"),
            failed=action == "failed" or (not action and code.startswith("5")),
            status=code,
        )


def _inside(part: Message) -> list[Message]:
    """The messages that a part holds."""
    payload: object = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _key_in(parts: list[Message], blocks: list[Message]) -> str:
    """The letter's number: of the envelope (RFC 3461 ENVID), or the Message-ID that came back."""
    for block in blocks:
        if found := _KEY.match(str(block.get("Original-Envelope-Id", "")).strip()):
            return found[1]
    for part in parts:
        kind = part.get_content_type()
        texts = _inside(part) if kind == "message/rfc822" else []
        if kind == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            texts = [message_from_bytes(raw)] if isinstance(raw, bytes) else []
        for text in texts:
            if found := _KEY.match(str(text.get("Message-ID", "")).strip()):
                return found[1]
    return ""


def _of_csv(content: bytes) -> Iterator[Returned]:
    """A line each: an address or letter's number, and perhaps a status."""
    text = content.decode("utf-8-sig", "replace")
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text))):
            if number > MOST:
                return
            yield from _of_cells([cell.strip() for cell in cells])
    except csv.Error:
        return


def _of_cells(cells: list[str]) -> Iterator[Returned]:
    key = next((found[1] for cell in cells if (found := _KEY.match(cell))), "")
    address = next((cell for cell in cells if "@" in cell and not _KEY.match(cell)), "")
    if not address:
        address = next((c for c in cells if c.lstrip("+").isdigit() and len(c) >= 6), "")
    if not (key or address):
        return
    status = next((cell for cell in cells if _STATUS.fullmatch(cell)), "")
    yield Returned(key, address, failed=not status.startswith(("2", "4")), status=status)
