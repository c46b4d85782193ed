"""Lock files pin content, not places: every package has a hash and none an address."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON_LOCKS = [
    *(ROOT / "tools" / "locks").glob("*.txt"),
    ROOT / "examples" / "shop" / "requirements.lock",
]
NODE_LOCK = ROOT / "src" / "shangdun" / "console" / "frontend" / "package-lock.json"


def python_lock(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8").replace("\\\n", " ")
    for number, line in enumerate(text.splitlines(), 1):
        if "://" in line or line.startswith("--"):
            yield f"{path.relative_to(ROOT)}: entry {number} names a place: {line[:80]}"
        if re.match(r"[a-z0-9]", line) and "--hash=sha256:" not in line:
            yield f"{path.relative_to(ROOT)}: entry {number} has no hash: {line[:80]}"


def node_lock(path: Path) -> Iterator[str]:
    packages = json.loads(path.read_text("utf-8"))["packages"]
    for name, entry in packages.items():
        if "resolved" in entry:
            yield f"{path.relative_to(ROOT)}: {name} names a place"
        if name and not entry.get("link") and "integrity" not in entry:
            yield f"{path.relative_to(ROOT)}: {name} has no hash"


if __name__ == "__main__":
    found = [problem for path in PYTHON_LOCKS for problem in python_lock(path)]
    found += node_lock(NODE_LOCK)
    print("\n".join(found))
    sys.exit(bool(found))
