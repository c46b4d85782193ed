"""A writer of its own process: ``append_rows.py LAKE NAME VERSIONS``."""

from __future__ import annotations

import sys
from pathlib import Path

from lake_rows import rows

from shangdun.lake.store import Lake


def append_many(path: Path, name: str, versions: int) -> None:
    lake = Lake(path)
    for version in range(1, versions + 1):
        lake.append(rows(20, start=version * 20, source=name), app_id=name, version=version)


if __name__ == "__main__":
    append_many(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
