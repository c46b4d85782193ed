"""What a shop teaches the inspector in a terminal: what is normal, which alarms were false."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HEAD = " HTTP/1.1\r\nHost: shop.example\r\n\r\n"
REPORT = f"GET /reports?query=1%27%20UNION%20SELECT%20a%20FROM%20b--%20{HEAD}"
OTHER = f"GET /search?query=1%27%20UNION%20SELECT%20a%20FROM%20b--%20{HEAD}"


def inspect(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shangdun.cli", "inspect", *map(str, arguments)]
    return subprocess.run(
        command, env=dict(os.environ), capture_output=True, text=True, check=False
    )


def test_a_false_alarm_is_excused_at_its_own_place_alone(tmp_path: Path) -> None:
    told, other, excuses = tmp_path / "told.http", tmp_path / "other.http", tmp_path / "e.json"
    told.write_text(REPORT)
    other.write_text(OTHER)
    assert inspect("--excuse", excuses, told).returncode == 1
    assert {one["name"] for one in json.loads(excuses.read_text())} == {"query"}
    assert inspect("--exceptions", excuses, told).returncode == 0
    assert inspect("--exceptions", excuses, other).returncode == 1
    before = excuses.read_text()
    inspect("--excuse", excuses, told)
    assert excuses.read_text() == before, "the same alarm again changes nothing"


def test_what_is_normal_is_learned_and_what_is_not_stands_out(tmp_path: Path) -> None:
    normal, odd, profile = tmp_path / "normal.http", tmp_path / "odd.http", tmp_path / "p.json"
    normal.write_text("".join(f"GET /p?size={n % 60}{HEAD}" for n in range(400)))
    odd.write_text(f"GET /p?size=42;zzzz|%5E%5E{HEAD}")
    assert inspect(odd).returncode == 0
    assert inspect("--learn", profile, normal).returncode == 0
    assert inspect("--profile", profile, normal).returncode == 0
    found = inspect("--profile", profile, odd)
    assert (found.returncode, "anomaly" in found.stdout) == (1, True)


def test_a_file_that_is_something_else_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[[[")
    (tmp_path / "r.http").write_text(REPORT)
    for option, words in (("--profile", "learned profile"), ("--exceptions", "exceptions")):
        done = inspect(option, tmp_path / "x.json", tmp_path / "r.http")
        assert done.returncode == 2
        assert words in done.stderr
        assert "x.json" in done.stderr
