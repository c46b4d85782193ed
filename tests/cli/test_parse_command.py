"""``shangdun parse`` shows what lines become, whatever bytes they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from shangdun.cli.main import shangdun

LINE = b'::1 - - [01/Jan/2026:00:00:00 +0000] "GET /\x1b[31m HTTP/1.1" 200 1 "-" "curl"\n'


def run(path: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(shangdun, ["parse", str(path), *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_rows_reasons_and_exit_codes(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(LINE + b"\x1b]0;owned\x07\n" + LINE)
    code, out, err = run(path, "--json")
    assert code == 1
    assert [json.loads(line)["_line"] for line in out.splitlines()] == [1, 3]
    assert err.startswith("read as combined\nline 2 does not start with address")
    path.write_bytes(LINE)
    code, out, err = run(path, "--format", "combined")
    assert (code, err) == (0, "")
    assert '  http_request.user_agent = "curl"' in out


def test_a_terminal_s_escapes_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(LINE + b"\x1b[31mred\n")
    for arguments in ((), ("--json",)):
        _, out, err = run(path, *arguments)
        assert "\x1b" not in out + err


def test_a_limit_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(LINE * 50)
    assert len(run(path, "--json", "--limit", "7")[1].splitlines()) == 7
    assert len(run(path, "--json", "--limit", "0")[1].splitlines()) == 50
    assert len(run(path, "--json")[1].splitlines()) == 20


def test_an_unknown_format_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(LINE)
    result = CliRunner().invoke(shangdun, ["parse", str(path), "--format", "nope"])
    assert "there is no format 'nope'" in str(result.exception)


def test_a_time_without_a_zone_is_in_the_configured_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))
    (tmp_path / "shangdun.toml").write_text('[web]\ntime_zone = "America/New_York"\n')
    log = tmp_path / "log"
    log.write_bytes(b'{"time":"2026-01-15 12:00:00"}\n')
    result = CliRunner().invoke(shangdun, ["parse", str(log), "--format", "json", "--json"])
    assert json.loads(result.output.splitlines()[-1])["time"] == 1_768_496_400_000
