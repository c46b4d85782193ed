"""kill -9 of the process that joins files, at random moments: every row stays, and once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lake_rows import rows

from shangdun.lake.store import Lake
from shangdun.lake.store.parquet import read_sorted

KILLS = 15
VERSIONS = 6
"""Appended for each kill, so that there is something to join."""
SEED = 77


@pytest.mark.slow
def test_a_killed_compaction_loses_and_doubles_nothing(tmp_path: Path) -> None:
    script = Path(__file__).with_name("compact_rows.py")
    lake = Lake(tmp_path)
    moments = random.Random(SEED)
    version = joined = 0
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout
        assert child.stdout.readline() == "begins\n"
        for _ in range(VERSIONS):
            version += 1
            lake.append(rows(200, start=version * 200), app_id="watch", version=version)
        time.sleep(moments.uniform(0, 0.2))
        child.kill()
        joined += child.communicate()[0].count("joined")
    assert joined > KILLS // 3, "the kills came before anything was joined"
    assert lake.committed("watch") == version
    table = read_sorted([lake.events.path / file.path for file in lake.files()])
    assert sorted(table["source_offset"].to_pylist()) == [
        n * 100 for n in range(200, (version + 1) * 200)
    ]
    for _ in range(2):
        version += 1
        lake.append(rows(200, start=version * 200), app_id="watch", version=version)
    assert lake.compact().rows, "the lock of a killed process is nobody's"
    lake.vacuum(orphan_hours=0)
    table = read_sorted([lake.events.path / file.path for file in lake.files()])
    assert table.num_rows == version * 200
