"""The three files: nginx's combined log, the shop's business events, the ground truth."""

from __future__ import annotations

import json
import os
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from crowd.people import Client
from crowd.step import Event, Step

ACCESS, EVENTS, LABELS = "access.log", "shop-events.jsonl", "labels.jsonl"
SHANGHAI = timezone(timedelta(hours=8))
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_ESCAPES = {code: f"\\x{code:02X}" for code in (*range(32), 34, 92, *range(127, 256))}


def escape(value: str) -> str:
    """As nginx writes variables into its log: quotes, backslashes, controls and bytes as \\xNN."""
    return value.encode("utf-8", "surrogateescape").decode("latin-1").translate(_ESCAPES)


def local_time(seconds: float) -> str:
    """nginx's `$time_local`, in Shanghai."""
    at = datetime.fromtimestamp(int(seconds), SHANGHAI)
    return f"{at:%d}/{_MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S %z}"


def access_line(ended: float, client: Client, step: Step, target: str) -> str:
    """`combined` with `$request_time` at its end."""
    request = escape(f"{step.method} {target} HTTP/1.1")
    return (
        f'{client.address} - - [{local_time(ended)}] "{request}" {step.status} {step.size} '
        f'"{escape(step.referrer)}" "{escape(client.agent)}" {step.took:.3f}\n'
    )


def event_line(event: Event, at: float, client: Client, method: str, target: str) -> str:
    """A business event as one line of JSON, with what every event has of its request."""
    source: dict[str, Any] = {"ip": client.address, "location": {"country": client.country}}
    whole = {
        "time": round(at * 1000),
        **event,
        "metadata": {"product": {"name": "django-oscar"}},
        "src_endpoint": source,
        "http_request": {
            "http_method": method,
            "url": {"path": target.partition("?")[0]},
            "user_agent": client.agent,
        },
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"


class Appender:
    """Appends whole lines; several processes may append to one file, and it may be rotated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: list[str] = []
        self._descriptor = -1
        self._lock = threading.Lock()

    def add(self, line: str) -> None:
        with self._lock:
            self._lines.append(line)

    @property
    def waiting(self) -> int:
        """Lines not written yet."""
        return len(self._lines)

    def flush(self) -> None:
        """One write for all lines, so that lines of two processes never mix."""
        with self._lock:
            lines, self._lines = self._lines, []
        if not lines:
            return
        data = "".join(lines).encode("utf-8", "surrogateescape")
        if self._descriptor < 0:
            flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY
            self._descriptor = os.open(self.path, flags, 0o640)
        os.write(self._descriptor, data)

    def rotate(self, larger_than: int, keep: int = 3) -> None:
        """Rename the file away when it has grown; others notice that it is another file."""
        if self._descriptor < 0 or os.fstat(self._descriptor).st_size < larger_than:
            return
        for number in range(keep - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                older.rename(self.path.with_name(f"{self.path.name}.{number + 1}"))
        self.path.rename(self.path.with_name(f"{self.path.name}.1"))
        self.close()

    def close(self) -> None:
        self.flush()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Logs:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.access = Appender(folder / ACCESS)
        self.events = Appender(folder / EVENTS)
        self.labels = Appender(folder / LABELS)

    def label(self, row: dict[str, Any]) -> None:
        self.labels.add(json.dumps(row, ensure_ascii=False) + "\n")

    def flush(self, rotate_bytes: int = 0) -> None:
        for file in (self.access, self.events, self.labels):
            file.flush()
            if rotate_bytes:
                file.rotate(rotate_bytes)

    def close(self) -> None:
        for file in (self.access, self.events, self.labels):
            file.close()
