"""The inspector lives in shops that run Python 3.9: every module is imported and used there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.guard.inspector.on_oldest_python import ATTACKS, HONEST

from shangdun_guard.inspector.registry import all_sinks

SCRIPT = Path(__file__).with_name("on_oldest_python.py")
GUARD = Path(__file__).parents[3] / "src" / "guard"


@pytest.mark.parametrize("command", ["python3.9", "pypy3"])
def test_it_finds_the_same_there(command: str) -> None:
    program = shutil.which(command)
    if program is None:
        pytest.skip(f"needs {command}, which is not installed")
    done = subprocess.run(
        [program, "-W", "error", "-B", str(SCRIPT)],
        env={**os.environ, "PYTHONPATH": str(GUARD)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "(3, " not in done.stdout and "pyenv" in done.stderr:
        pytest.skip(f"{command} is only a shim here")
    assert done.returncode == 0, done.stderr
    version, sinks, attacks, honest = done.stdout.rsplit(maxsplit=3)
    assert version.startswith("(3, ")
    assert (int(sinks), int(attacks), int(honest)) == (len(all_sinks()), len(ATTACKS), 0)
    assert len(ATTACKS) + len(HONEST) == 20
