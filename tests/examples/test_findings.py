"""What was attacked is what is found: the built-in rules against the traffic's ground truth."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from crowd.attacks import ATTACKS

from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.rules import load_rules
from shangdun.lake.block import read_blocks
from shangdun.lake.parse import get_parser

FILES = {"combined": "access.log", "shop": "shop-events.jsonl"}
RULE_FILES = {  # where the rule of a family is not called like the family
    "xss": "cross_site_scripting",
    "ssrf": "server_side_request_forgery",
    "vulnerability_scanning": "vulnerability_scan",
    "admin_login_new_country": "staff_new_country",
}
SLACK = 2_000  # milliseconds: the access log has whole seconds
WAITING = 15 * 60_000  # that something did not follow is known when its time is over


class Found(NamedTuple):
    """Findings with the file of their rule, without its ending."""

    rule: str
    finding: Finding


@pytest.fixture(scope="module")
def found(traffic: dict[str, Path]) -> dict[str, list[Found]]:
    ruleset = load_rules()
    assert not ruleset.errors
    files = {rule.uid: Path(rule.path).stem for rule in [*ruleset.rules, *ruleset.correlations]}
    everything = {}
    for scenario, folder in traffic.items():
        detector = Detector(ruleset)
        everything[scenario] = [
            Found(files[finding.rule_uid], finding)
            for name, file in FILES.items()
            for block in read_blocks(folder / file)
            for finding in detector.process(
                get_parser(name).parse(block), source=name, file_id=file, path=file
            )
        ]
    return everything


def attacks(folder: Path) -> list[dict]:
    rows = map(json.loads, (folder / "labels.jsonl").read_text("utf-8").splitlines())
    return [row for row in rows if row["kind"] == "attack"]


def concerns(finding: Finding, attack: dict, slack: int = SLACK) -> bool:
    actors = {*attack["addresses"], *attack["accounts"]}
    return (
        finding.first_time <= attack["end"] + slack
        and finding.time >= attack["start"] - SLACK
        and any(entity.value in actors for entity in finding.entities)
    )


@pytest.mark.parametrize("family", [attack.family for attack in ATTACKS])
def test_every_attack_is_found_by_the_rule_for_it(
    traffic: dict[str, Path], found: dict[str, list[Found]], family: str
) -> None:
    played = [a for a in attacks(traffic["mixed"]) if a["family"] == family and a["finished"]]
    rule = RULE_FILES.get(family, family)
    own = [one.finding for one in found["mixed"] if one.rule == rule]
    missed = [a for a in played if not any(concerns(finding, a) for finding in own)]
    assert played
    assert not missed


def test_among_attackers_nobody_else_is_accused(
    traffic: dict[str, Path], found: dict[str, list[Found]]
) -> None:
    rows = attacks(traffic["mixed"])
    accused = defaultdict(list)
    for rule, finding in found["mixed"]:
        if not any(concerns(finding, attack, WAITING) for attack in rows):
            accused[rule].append([entity.value for entity in finding.entities])
    assert not accused


@pytest.mark.parametrize("scenario", ["honest", "flash-sale"])
def test_honest_people_raise_nothing(
    traffic: dict[str, Path], found: dict[str, list[Found]], scenario: str
) -> None:
    requests = (traffic[scenario] / "access.log").read_bytes().count(b"\n")
    accused = [(one.rule, one.finding.entities, one.finding.count) for one in found[scenario]]
    print(f"{scenario}: {len(accused)} false findings in {requests} requests")
    assert not accused


def test_the_first_finding_comes_while_the_first_page_is_still_new(
    traffic: dict[str, Path], found: dict[str, list[Found]]
) -> None:
    begin = min(
        json.loads(line)["start"]
        for line in (traffic["mixed"] / "labels.jsonl").read_text("utf-8").splitlines()
    )
    times = sorted(one.finding.time - begin for one in found["mixed"])
    assert times[0] < 60_000
