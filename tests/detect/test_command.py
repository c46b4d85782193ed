"""``shangdun detect`` and ``shangdun rules`` as a person or a script calls them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangdun.kernel.clock import to_millis

from .conftest import rule_text
from .test_detector import BAD, MANY, access

COMBINED = ("--format", "combined", "--no-builtin", "--rules")
ROWS = [("1.2.3.4", "-", "/"), *[("5.6.7.8", "-", f"/evil?{n}") for n in range(4)]]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "bad.yml").write_text(BAD)
    return folder


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.log"
    path.write_bytes(access(*ROWS))
    return path


def call(home: Path, *arguments: object, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "shangdun.cli", *map(str, arguments)],
        input=data,
        capture_output=True,
        env=os.environ | {"SHANGDUN_HOME": str(home)},
        check=False,
    )


def test_findings_as_json_and_the_figures(home: Path, rules: Path, log: Path) -> None:
    done = call(
        home,
        "detect",
        log,
        "--format",
        "combined",
        "--rules",
        rules,
        "--no-builtin",
        "--json",
        "--stats",
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [event["evidences"][0]["data"] for event in events] == [
        {"file": str(log), "line": line} for line in (2, 3, 4, 5)
    ]
    figures = json.loads(done.stderr.splitlines()[-1])
    assert (figures["events"], figures["findings"], figures["dead_letters"]) == (5, 4, 0)
    assert (figures["rules"], figures["rules_skipped"]) == (1, 0)
    assert set(figures) == {
        "events",
        "findings",
        "dead_letters",
        "rules",
        "rules_skipped",
        "rule_load_seconds",
        "seconds",
        "events_per_second",
        "peak_rss_bytes",
    }


def test_nothing_found_is_zero(home: Path, rules: Path, tmp_path: Path) -> None:
    quiet = tmp_path / "quiet.log"
    quiet.write_bytes(access(("1.2.3.4", "-", "/")))
    done = call(home, "detect", quiet, "--format", "combined", "--rules", rules, "--no-builtin")
    assert (done.returncode, done.stdout) == (0, b"")


WRONG = [
    ("detect", "gone.log", "--format", "combined"),
    ("detect", "{log}", "--format", "smoke"),
    ("detect", "{log}"),
    ("detect", "--format", "combined"),
    ("detect", "{log}", "--format", "combined", "--rules", "gone"),
    ("detect", "{log}", "--format", "combined", "--no-builtin"),
    ("rules", "check", "gone"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_two(home: Path, log: Path, arguments: tuple[str, ...]) -> None:
    done = call(home, *(one.format(log=log) for one in arguments))
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_standard_input_and_compressed_files(home: Path, rules: Path, tmp_path: Path) -> None:
    packed = tmp_path / "a.log.gz"
    packed.write_bytes(gzip.compress(access(*ROWS)))
    options = ("--format", "combined", "--rules", rules, "--no-builtin", "--json")
    done = call(home, "detect", "-", packed, *options, data=access(*ROWS))
    files = [json.loads(line)["evidences"][0]["data"]["file"] for line in done.stdout.splitlines()]
    assert files == ["<stdin>"] * 4 + [str(packed)] * 4


def test_a_time_without_a_zone_is_in_the_configured_one(home: Path, rules: Path) -> None:
    (home / "shangdun.toml").write_text('[web]\ntime_zone = "America/New_York"\n')
    url = {"url_string": "/evil?1", "path": "/evil"}
    event = {"class_uid": 4002, "time": "2026-11-22T10:00:00", "http_request": {"url": url}}
    options = ("--format", "ocsf", "--no-builtin", "--json", "--rules", rules)
    done = call(home, "detect", "-", *options, data=json.dumps(event).encode() + b"\n")
    (found,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert found["time"] == to_millis(datetime(2026, 11, 22, 15, tzinfo=UTC))


def test_a_correlation_is_told_once(home: Path, rules: Path, log: Path) -> None:
    (rules / "many.yml").write_text(MANY)
    done = call(home, "detect", log, "--format", "combined", "--rules", rules, "--no-builtin")
    (line,) = done.stdout.decode().splitlines()
    assert "Evil again and again (4 events: address 5.6.7.8)" in line
    assert line.startswith("2026-11-22T10:00:04Z  critical")


def test_hostile_lines_stay_text(home: Path, rules: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "h.log"
    target = "/evil\x1b]0;owned\x07\x1b[2J<script>\u202e\u0000"
    hostile.write_bytes(access(("1.2.3.4", "-", target)) + b"no log line \xff\x1b[31m\n")
    done = call(home, "detect", hostile, "--format", "combined", "--rules", rules, "--no-builtin")
    assert done.returncode == 1
    for output in (done.stdout, done.stderr):
        assert not set(output) & ({*range(0x20), 0x7F} - {0x0A})
        assert "\u202e".encode() not in output
    assert b"1 lines could not be read" in done.stderr


def test_a_broken_rule_is_named_and_the_others_run(home: Path, rules: Path, log: Path) -> None:
    (rules / "broken.yml").write_text("title: x\ndetection: [\n")
    done = call(
        home, "detect", log, "--format", "combined", "--rules", rules, "--no-builtin", "--json"
    )
    assert len(done.stdout.splitlines()) == 4
    assert f"{rules}/broken.yml:3" in done.stderr.decode()


def test_django_is_not_loaded(home: Path, rules: Path, log: Path) -> None:
    call(home, "detect", log, *COMBINED, rules)  # compiles, so that what follows is warm
    code = (
        "import sys\nfrom shangdun.cli.main import shangdun\n"
        f"try: shangdun(['detect', {str(log)!r}, *{COMBINED!r}, {str(rules)!r}])\n"
        "except SystemExit: pass\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'django', 'sigma'}, 'a command loads what it does not need'"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=os.environ | {"SHANGDUN_HOME": str(home)},
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_rules_check_names_file_and_line(home: Path, rules: Path) -> None:
    assert call(home, "rules", "check", rules).returncode == 0
    text = "title: x\nlogsource: {category: x}\ndetection:\n  a: {f: x}\n  condition: b\n"
    (rules / "broken.yml").write_text(text)
    skipped = rule_text({"a": {"f|expand": "%list%"}, "condition": "a"})
    (rules / "later.yml").write_text(skipped)
    done = call(home, "rules", "check", rules)
    assert done.returncode == 1
    first, second = done.stdout.decode().splitlines()
    assert first.startswith(f"{rules}/broken.yml:5: error: ")
    assert second.startswith(f"{rules}/later.yml:1: skipped: ")
    assert b"1 rules usable, 1 wrong, 1 skipped" in done.stderr


def test_rules_list_and_coverage(home: Path, rules: Path) -> None:
    (line,) = call(home, "rules", "list", rules, "--json").stdout.splitlines()
    assert json.loads(line)["title"] == "Evil asked for"
    done = call(home, "rules", "coverage", rules, "--json")
    covered = {one["key"]: one["rules"] for one in map(json.loads, done.stdout.splitlines())}
    assert covered["OAT-014"] == covered["T1190"] == ["Evil asked for"]
    assert covered["OAT-001"] == covered["impact"] == []


def test_rules_test_fails_where_a_case_does(home: Path, rules: Path) -> None:
    cases = {
        "format": "combined",
        "cases": [{"name": "found", "events": [access(ROWS[1]).decode().strip()], "finds": 1}],
    }
    path = rules / "bad.tests.yml"
    path.write_text(json.dumps(cases))
    assert call(home, "rules", "test", rules).returncode == 0
    cases["cases"][0]["finds"] = 2  # type: ignore[index]  # JSON as written above
    path.write_text(json.dumps(cases))
    done = call(home, "rules", "test", rules)
    assert done.returncode == 1
    assert b"found" in done.stdout
