"""The replayed traffic: the same for the same seed, in order, labelled, and honest about it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from crowd.attacks import ATTACKS
from crowd.people import CUSTOMERS
from crowd.writer import escape
from traffic import simulate

FILES = ("access.log", "shop-events.jsonl", "labels.jsonl")
COMBINED = re.compile(
    r'(?P<address>\S+) - - \[(?P<time>[^\]]+)\] "(?P<request>[^"]*)" (?P<status>\d{3}) \d+ '
    r'"[^"]*" "(?P<agent>[^"]*)" \d+\.\d{3}'
)


def labels(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path) -> None:
    runs = [tmp_path / name for name in ("first", "again", "other")]
    for folder, seed in zip(runs, (3, 3, 4), strict=True):
        simulate(folder, seed=seed, minutes=8)
    for name in FILES:
        first, again, other = ((folder / name).read_bytes() for folder in runs)
        assert len(first) > 1_000
        assert first == again
        assert first != other


def test_a_longer_run_begins_with_the_shorter_one(tmp_path: Path) -> None:
    simulate(tmp_path / "short", seed=3, minutes=3)
    simulate(tmp_path / "long", seed=3, minutes=5)
    short, long = ((tmp_path / name / "access.log").read_bytes() for name in ("short", "long"))
    assert long.startswith(short)


@pytest.mark.parametrize("scenario", ["mixed", "honest", "flash-sale"])
def test_the_access_log_is_combined_and_in_order(traffic: dict[str, Path], scenario: str) -> None:
    lines = (traffic[scenario] / "access.log").read_text("ascii").splitlines()
    matches = [COMBINED.fullmatch(line) for line in lines]
    broken = [line for line, match in zip(lines, matches, strict=True) if not match]
    assert not broken
    times = [datetime.strptime(m["time"], "%d/%b/%Y:%H:%M:%S %z") for m in matches if m]
    assert all(before <= after for before, after in pairwise(times))
    assert len(lines) > 10_000


def test_events_are_json_lines_in_order(traffic: dict[str, Path]) -> None:
    text = (traffic["mixed"] / "shop-events.jsonl").read_text("utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    assert all(a["time"] <= b["time"] for a, b in pairwise(events))
    assert {event["class_uid"] for event in events} == {3001, 3002, *range(92006001, 92006010)}


def test_every_request_belongs_to_a_label(traffic: dict[str, Path]) -> None:
    rows = labels(traffic["mixed"])
    lines = (traffic["mixed"] / "access.log").read_text("ascii").splitlines()
    assert sum(row["requests"] for row in rows) == len(lines)
    assert {line.split()[0] for line in lines} == {a for row in rows for a in row["addresses"]}


def test_attackers_and_honest_people_share_no_address(traffic: dict[str, Path]) -> None:
    rows = labels(traffic["mixed"])
    by_kind = {
        kind: {a for row in rows if row["kind"] == kind for a in row["addresses"]}
        for kind in ("attack", "honest")
    }
    assert len(by_kind["attack"]) > 18
    assert not by_kind["attack"] & by_kind["honest"]
    assert {row["kind"] for row in labels(traffic["honest"])} == {"honest"}


def test_every_family_attacks_within_half_an_hour(traffic: dict[str, Path]) -> None:
    rows = [row for row in labels(traffic["mixed"]) if row["kind"] == "attack" and row["finished"]]
    assert {row["family"] for row in rows} == {attack.family for attack in ATTACKS}
    first = min(row["start"] for row in rows)
    begin = labels(traffic["mixed"])[0]["start"]
    assert first - begin < 30_000


def test_honest_people_do_what_careless_rules_stumble_over(traffic: dict[str, Path]) -> None:
    log = (traffic["honest"] / "access.log").read_text("ascii")
    for target in ("q=O%27Reilly", "q=select+", "q=100%25", "q=C%2B%2B", "q=%3C3", "q=union+"):
        assert target in log
    events = (traffic["honest"] / "shop-events.jsonl").read_text("utf-8").splitlines()
    failures = {e["class_uid"] for e in map(json.loads, events) if e["status_id"] == 2}
    assert failures == {3002, 92006002, 92006003}


def test_no_line_holds_a_password_or_a_card_number(traffic: dict[str, Path]) -> None:
    text = (traffic["mixed"] / "shop-events.jsonl").read_text("utf-8")
    text += (traffic["mixed"] / "access.log").read_text("ascii")
    assert not re.search(r"\b9999\d{12}\b", text)
    assert not [one.password for one in CUSTOMERS if one.password in text]


def test_nginx_escapes_are_used_for_what_would_break_a_line() -> None:
    assert escape('a"b\\c\n茶\x7f') == "a\\x22b\\x5Cc\\x0A\\xE8\\x8C\\xB6\\x7F"
