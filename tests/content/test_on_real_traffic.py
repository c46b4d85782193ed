"""What the pack makes of recorded traffic; the figures are printed, so that a change is seen."""

from __future__ import annotations

import csv
import gzip
import hashlib
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from shangdun.detect.detector import Detector
from shangdun.detect.rules import load_rules
from shangdun.lake.block import Block, read_blocks
from shangdun.lake.parse import get_parser

pytestmark = pytest.mark.slow

CSIC = "csic_dataset/{}.txt.gz"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(load_rules())


def blocks_of(path: Path, format_name: str) -> list[Block]:
    parser = get_parser(format_name)
    boundary = getattr(parser, "boundary", None)
    return list(read_blocks(path, boundary=boundary) if boundary else read_blocks(path))


def csic(folder: Path, name: str, into: Path) -> Path:
    with zipfile.ZipFile(folder / "csic2010.zip") as archive:
        return Path(archive.extract(CSIC.format(name), into))


def matched(detector: Detector, path: Path, format_name: str) -> tuple[int, int, Counter[str]]:
    """Events, events that a rule with findings of its own matched, and matches by rule."""
    parser = get_parser(format_name)
    events = hit = 0
    by_rule: Counter[str] = Counter()
    for block in blocks_of(path, format_name):
        parsed = parser.parse(block)
        rows: set[int] = set()
        for match in detector.detect(parsed).matches:
            rows.update(match.rows.tolist())
            by_rule[match.rule.title] += len(match.rows)
        events += len(parsed.events)
        hit += len(rows)
    return events, hit, by_rule


def test_ordinary_traffic_of_a_site(detector, shared_data):
    """All that is found is a scanner that asks for an editor's samples under every page."""
    path = shared_data / "apache_access_10k.log.gz"
    parser = get_parser("combined")
    findings = [
        finding
        for block in blocks_of(path, "combined")
        for finding in detector.process(parser.parse(block), source="s", file_id="f", path="p")
    ]
    about = [entity.value for finding in findings for entity in finding.entities]
    print(f"\n10,000 lines: {len(findings)} findings, about {about}")
    assert about == ["91.236.75.25"] * 2, "its requests, and how many there were"


@pytest.mark.parametrize("name", ["normalTrafficTraining", "normalTrafficTest"])
def test_honest_requests_to_a_shop(detector, shared_data, tmp_path, name):
    events, hit, by_rule = matched(detector, csic(shared_data, name, tmp_path), "http")
    print(f"\n{name}: {hit} of {events} requests {dict(by_rule)}")
    assert events == 36_000
    assert hit == 0


def test_attacks_on_a_shop(detector, shared_data, tmp_path):
    """Most of these are renamed parameters and typing errors, which carry no attack to see."""
    path = csic(shared_data, "anomalousTrafficTest", tmp_path)
    events, hit, by_rule = matched(detector, path, "http")
    print(f"\nanomalous: {hit} of {events} requests ({hit / events:.1%}) {dict(by_rule)}")
    assert hit / events > 0.19


PARAMETER = "/shop/search?keyword={}"
LEAST_RECALL = {"sqli": 0.99, "xss": 0.94, "path-traversal": 0.75, "cmdi": 0.7}
"""Of the half that the rules were not looked at with."""


def held_out(payload: str) -> bool:
    return hashlib.md5(payload.encode(), usedforsecurity=False).digest()[0] % 2 == 0


def test_attacks_in_parameters_by_class(detector, shared_data):
    """Each payload as one parameter. The traversals left are templates with no path."""
    with gzip.open(shared_data / "httpparams.csv.gz", "rt", newline="", encoding="utf-8") as file:
        rows = [(row["payload"], row["attack_type"]) for row in csv.DictReader(file)]
    rows = [(payload, kind) for payload, kind in rows if held_out(payload)]
    lines = [
        f'192.0.2.1 - - [02/Mar/2026:10:00:00 +0000] "GET {PARAMETER.format(quote_plus(payload))}'
        ' HTTP/1.1" 200 1 "-" "-"\n'
        for payload, _ in rows
    ]
    parsed = get_parser("combined").parse(Block("".join(lines).encode()))
    assert len(parsed.events) == len(rows)
    hit = {row for match in detector.detect(parsed).matches for row in match.rows.tolist()}
    total, found = Counter(kind for _, kind in rows), Counter(rows[row][1] for row in hit)
    print()
    for kind in sorted(total):
        share = found[kind] / total[kind]
        print(f"{kind}: {found[kind]} of {total[kind]} ({share:.1%})")
        if kind == "norm":
            assert share == 0
        else:
            assert share >= LEAST_RECALL[kind]
