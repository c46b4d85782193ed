"""`shangdun up --demo` on an empty home: a finding and an open incident within the first minute."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.examples.shop_process import PYTHON, free_port

pytestmark = pytest.mark.slow

MINUTE = 60.0
START = 120.0
"""A cold start compiles the rules; the minute is counted from the first page."""


def test_demo_has_an_open_incident_a_minute_after_its_first_page(tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("needs the demo shop's environment in examples/shop/.venv (`make setup`)")
    env = {**os.environ, "SHANGDUN_HOME": str(tmp_path / "home")}
    bind = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "shangdun.cli"]
    demo = subprocess.Popen([*command, "up", "--demo", "--bind", bind], env=env)
    try:
        wait_for_first_page(tmp_path / "home", demo)
        until, incidents = time.monotonic() + MINUTE, ""
        while not incidents and time.monotonic() < until:
            listed = [*command, "incident", "list", "--json"]
            incidents = subprocess.run(
                listed, env=env, capture_output=True, text=True, check=False
            ).stdout
            time.sleep(0.5)
        assert incidents, "no incident within a minute"
        first = json.loads(incidents.splitlines()[0])
        assert first["findings"] >= 1
        assert first["state"] == "reported"
    finally:
        demo.terminate()
        assert demo.wait(40) == 0


def wait_for_first_page(home: Path, demo: subprocess.Popen[bytes]) -> None:
    """Until the watch writes its health as running: then a first page has something to show."""
    health, until = home / "run" / "health.json", time.monotonic() + START
    while time.monotonic() < until:
        assert demo.poll() is None, "the demo stopped by itself"
        if health.exists() and json.loads(health.read_bytes()).get("state") == "running":
            return
        time.sleep(0.3)
    pytest.fail("the watch never ran")
