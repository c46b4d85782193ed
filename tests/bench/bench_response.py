"""The response: an incident's room and the lists of incidents at size."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from tests.bench.row import Row

ROOT = Path(__file__).parent.parent.parent
START = (
    "from shangdun.records.boot import migrate, start; migrate(start());"
    "from tests.bench.response_at_scale import main; main()"
)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"SHANGDUN_HOME": home, "SHANGDUN_WEB__MFA": "offered"}
        environment.pop("SHANGDUN_RECORDS__POSTGRES", None)
        done = subprocess.run(
            [sys.executable, "-c", START],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(done.stdout, type=list[Row])
