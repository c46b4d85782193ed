"""Nobody's report is lost: records locked, destroyed, or gone between two steps."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("report_and_break.py")


def run(home: Path, what: str, code: int = 0) -> dict:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), what],
        env={**os.environ, "SHANGDUN_HOME": str(home)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()[-3000:]
    return json.loads(done.stdout) if not code else {}


def command(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "shangdun.cli", "incident", "report", *arguments],
        env={**os.environ, "SHANGDUN_HOME": str(home)},
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode()


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Path:
    """A home whose records are made."""
    home = tmp_path_factory.mktemp("home") / "ready"
    assert run(home, "take")["titles"] == []
    return home


@pytest.fixture
def home(ready, tmp_path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "home"))


def holds(told: dict, how: str) -> None:
    assert told["link"][:2] == [200, 200]
    assert told["link"][2].startswith("R-")
    assert told["link_seconds"] < 3  # it asks the records nothing, which take four
    assert told["page"] == [503, True, True]  # what was typed is kept, and can be sent
    assert told["page_again"][0].startswith("R-")
    assert told["page_again"][0] == told["page_again"][1]
    assert told["fast_seconds"] < 3  # who comes second waits for nothing
    assert told["elsewhere"] == 503
    assert told["api"][0] == 202, how
    assert told["wrong"] == 404


@pytest.mark.slow
def test_locked_for_longer_than_anybody_waits(home):
    holds(run(home, "locked"), "locked")
    after = run(home, "take")
    assert sorted(after["titles"]) == ["api locked", "link locked", "page locked"]
    assert after["waiting"] == 0


@pytest.mark.slow
def test_destroyed(home):
    told = run(home, "garbage")
    holds(told, "garbage")
    kept = command(home, "from a terminal", "--type", "network_attack")
    assert kept.startswith("R-")
    assert "kept" in kept
    (home / "records.whole").replace(home / "records.sqlite3")
    after = run(home, "take")
    expected = ["api garbage", "from a terminal", "link garbage", "page garbage"]
    assert sorted(after["titles"]) == expected


@pytest.mark.slow
def test_killed_between_the_incident_and_its_file(home):
    told = home / "spool" / "reports"
    told.mkdir(parents=True)
    uid = "0123456789abcdef0123456789abcdef"
    report = {
        "uid": uid, "via": "link", "received_at": "2026-11-23T03:00:00Z", "title": "once",
        "type": "data_breach", "severity": 3,
    }  # fmt: skip
    (told / f"{uid}.json").write_text(json.dumps(report))
    run(home, "die", -signal.SIGKILL)
    assert (told / f"{uid}.json").exists()
    (told / ("f" * 32 + ".json")).write_text("{broken")
    after = run(home, "take")
    assert after["titles"] == ["once"]
    assert after["waiting"] == 0
    assert (told / "unreadable" / ("f" * 32 + ".json")).exists()
