"""What holds for every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shangdun.cli", *words],
        env={**os.environ, "SHANGDUN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        umask=0o022,
    )


@pytest.mark.parametrize(
    ("words", "written"),
    [(("user", "list"), "records.sqlite3"), (("ingest", "LOG", "--format", "json"), "lake/events")],
)
def test_what_is_written_is_its_owners_alone(
    home: Path, tmp_path: Path, words: tuple[str, ...], written: str
) -> None:
    log = tmp_path / "log"
    log.write_text('{"a": 1}\n')
    home.chmod(0o755)
    done = run(*(str(log) if word == "LOG" else word for word in words), home=home)
    assert done.returncode == 0, done.stderr
    assert (home / written).stat().st_mode & 0o077 == 0


def test_an_error_of_ours_is_one_line_and_exit_code_2(home: Path) -> None:
    (home / "shangdun.toml").write_text("[lake]\nretention = 3\n")
    done = run("search", "a:b", home=home)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "shangdun.toml" in done.stderr
