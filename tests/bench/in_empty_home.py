"""Figures that need records of their own: measured by a process with an empty home."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from tests.bench.row import Row

ROOT = Path(__file__).parent.parent.parent
START = "from shangdun.records.boot import migrate, start; migrate(start());"


def measured(module: str) -> list[Row]:
    """What ``main`` of a module beside this one writes, as rows."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"SHANGDUN_HOME": home, "SHANGDUN_WEB__MFA": "offered"}
        environment.pop("SHANGDUN_RECORDS__POSTGRES", None)
        done = subprocess.run(
            [sys.executable, "-c", f"{START}from tests.bench.{module} import main; main()"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(done.stdout, type=list[Row])
