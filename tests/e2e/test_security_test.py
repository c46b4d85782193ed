"""The security test against a real edge, seen by a real watch: what it proves, and how quietly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.protect.edge.edge_nginx import MODULE, Edge, running_edge

from shangdun.lake.health import read_health

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MODULE.exists(), reason="nginx has no ModSecurity here: make test"),
]

SETTINGS = """
[[sources]]
name = "edge-access"
format = "combined"
path = "{log}/shop-access.log"

[[sources]]
name = "edge-modsecurity"
format = "modsecurity"
path = "{log}/modsecurity.json"

[protect.proof]
coupon = "/coupon"
see_seconds = 40
"""
ATTACK = "/?q=1%27%20UNION%20SELECT%20login%2Cpassword%20FROM%20users--%20"


def shangdun(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shangdun.cli", *arguments]
    env = {**os.environ, "SHANGDUN_HOME": str(home)}
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=200, check=False
    )


@contextmanager
def watching(home: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "shangdun.cli", "watch"]
    process = subprocess.Popen(command, env={**os.environ, "SHANGDUN_HOME": str(home)})
    try:
        _wait_until(partial(_runs, home), "the watch to be ready")
        yield
    finally:
        process.terminate()
        process.wait(60)


def _runs(home: Path) -> bool:
    health = read_health(home)
    return health is not None and health.state == "running"


def _wait_until(holds: Any, what: str, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited too long for {what}"
        time.sleep(0.3)


def test_every_measure_of_the_edge_is_proven_and_nobody_is_woken(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "edge"
    home.mkdir()
    folder.mkdir()
    with running_edge(folder, inspect="block", hosts=["127.0.0.1"]) as edge:
        (home / "shangdun.toml").write_text(SETTINGS.format(log=folder / "log"))
        with watching(home):
            done = shangdun(home, "prove", f"http://127.0.0.1:{edge.port}", "--json")
            assert done.returncode in (0, 1), done.stderr
            results = {one["measure"]: one for one in map(json.loads, done.stdout.splitlines())}
            failing = {name: one for name, one in results.items() if one["outcome"] != "works"}
            assert not failing, failing
            assert len(results) >= 25
            assert not _incidents(home)
            _one_attack_of_somebody_else(edge, home)


def _one_attack_of_somebody_else(edge: Edge, home: Path) -> None:
    """The same attack without the token is told as ever, though the test has just been here."""
    for _ in range(3):
        assert edge.ask(ATTACK, headers={"Host": "127.0.0.1"}).status == 403
    _wait_until(partial(_incidents, home), "the incident")


def _incidents(home: Path) -> list[str]:
    return shangdun(home, "incident", "list", "--json").stdout.splitlines()
