"""A process that joins files without end: ``compact_rows.py LAKE``; says when it begins."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from lake_rows import DAY

from shangdun.kernel.clock import FixedClock
from shangdun.lake.store import Lake

if __name__ == "__main__":
    lake = Lake(Path(sys.argv[1]), clock=FixedClock(DAY + timedelta(days=1)))
    print("begins", flush=True)
    while True:
        if lake.compact().files_before:
            print("joined", flush=True)
