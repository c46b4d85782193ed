"""The doctor finds what is really there, and one failing check does not hide the others."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.config import load_config
from shangdun.lake.health import Health, SourceHealth, write_health
from shangdun.runtime.doctor import Kind, Place, Symptom, disk, exposure, retention, rules, watching

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def place(home: Path) -> Place:
    return Place(home, load_config(home, {}), FixedClock(NOW))


def configured(home: Path, toml: str) -> Place:
    (home / "shangdun.toml").write_text(toml)
    return Place(home, load_config(home, {}), FixedClock(NOW))


def said(symptoms: list[Symptom]) -> str:
    return "\n".join(f"{s.kind} {s.what} {s.fix}" for s in symptoms)


def test_healthy_defaults_have_no_symptom(place: Place) -> None:
    for check in (retention, exposure, rules):
        assert list(check.check(place)) == []


def test_missing_home_is_said_once(tmp_path: Path) -> None:
    nowhere = Place(tmp_path / "none", load_config(tmp_path, {}), FixedClock(NOW))
    (symptom,) = disk.check(nowhere)
    assert symptom.kind is Kind.MISSING


def test_retention_below_the_law_is_unsafe(home: Path) -> None:
    found = list(retention.check(configured(home, "[lake]\nretention_days = 30\n")))
    assert "six months" in said(found)


@pytest.mark.parametrize(
    ("bind", "unsafe"),
    [("0.0.0.0:8600", True), ("[::]:8600", True), ("[::1]:8600", False), ("localhost:1", False)],
)
def test_console_in_the_open_without_tls_is_unsafe(home: Path, bind: str, unsafe: bool) -> None:
    found = list(exposure.check(configured(home, f'[web]\nbind = "{bind}"\n')))
    assert bool(found) is unsafe


def test_readable_secret_is_unsafe(place: Place) -> None:
    path = place.home / "secret.key"
    path.write_text("x")
    path.chmod(0o644)
    assert f"chmod 600 {path}" in said(list(exposure.check(place)))


def test_configuration_with_a_token_is_a_secret(home: Path) -> None:
    source = 'name = "s"\nformat = "json"\nhttp = true\ntoken = "a-token-of-enough-letters"\n'
    place = configured(home, f"[[sources]]\n{source}")
    (home / "shangdun.toml").chmod(0o640)
    assert "shangdun.toml" in said(list(exposure.check(place)))
    (home / "shangdun.toml").chmod(0o600)
    assert list(exposure.check(place)) == []


def test_broken_rule_is_named_with_its_line(home: Path) -> None:
    folder = home / "rules"
    folder.mkdir()
    (folder / "bad.yml").write_text("title: x\ndetection: [")
    found = list(rules.check(configured(home, f'[detect]\nrules = ["{folder}"]\n')))
    assert "bad.yml:" in said(found)


def test_no_watch_is_missing(place: Place) -> None:
    (symptom,) = watching.check(place)
    assert symptom.kind is Kind.MISSING


def test_findings_that_were_put_aside_are_not_forgotten(place: Place) -> None:
    folder = place.home / "watch" / "rejected"
    folder.mkdir(parents=True)
    (folder / "00000000000000000007.json").write_text("[]")
    assert f"1 batches; they are in {folder}" in said(list(watching.check(place)))


def test_silent_erring_lagging_source_shows_each(place: Place) -> None:
    now = to_millis(NOW)
    ill = SourceHealth(
        name="shop",
        format="combined",
        last_received=now - 2 * 3_600_000,
        error="permission denied",
        lag_bytes=1 << 30,
        dead_letters=3,
        last_dead="no request",
        losses=1,
    )
    well = SourceHealth(name="fine", format="combined", last_received=now - 10 * 60_000)
    late = SourceHealth(name="late", format="combined", last_received=now - 11 * 60_000)
    write_health(place.home, Health(written=now, sources=[ill, well, late]))
    found = said(list(watching.check(place)))
    for words in (
        "shop has been silent for 120",
        "late has been silent for 11",
        "permission denied",
        "1024 MiB behind",
        "no request",
        "vanish",
    ):
        assert words in found
    assert "fine" not in found


def test_correlations_without_room_are_told(place: Place) -> None:
    now = to_millis(NOW)
    for evicted, subjects in ((0, 0), (7, 2)):
        health = Health(written=now, evicted_events=evicted, evicted_groups=subjects)
        write_health(place.home, health)
        assert ("7 events of 2 subjects" in said(list(watching.check(place)))) is bool(evicted)


def test_command_on_an_empty_home_says_what_is_wrong_and_exits_1(home: Path) -> None:
    script = "from shangdun.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert {"check", "kind", "what", "fix"} == set(lines[0])
    assert any(line["check"] == "watching" for line in lines)
