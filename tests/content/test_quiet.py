"""How often the whole pack cries wolf: all the benign traffic there is, and one figure over it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.content.test_on_real_traffic import blocks_of, csic

from shangdun.detect.detector import Detector
from shangdun.detect.rules import load_rules
from shangdun.lake.parse import get_parser

pytestmark = pytest.mark.slow

SCANNER = "91.236.75.25"
"""In the recorded log, a tool that asks for an editor's samples under every page: found rightly."""
MOST_FALSE = 1 / 100_000
"""False findings a request."""
MINUTES = {"honest": 20, "flash-sale": 12}


@pytest.fixture(scope="module")
def crowds(tmp_path_factory) -> dict[str, Path]:
    """The demo's honest shoppers, on an ordinary day and in a flash sale."""
    sys.path.insert(0, str(ROOT / "examples" / "shop"))
    from traffic import simulate  # noqa: PLC0415  the path is set above

    folders = {name: tmp_path_factory.mktemp(name) for name in MINUTES}
    for name, folder in folders.items():
        simulate(folder, seed=11, minutes=MINUTES[name], scenario=name)
    return folders


def found_in(path: Path, format_name: str) -> tuple[int, Counter[str]]:
    """Events, and findings by title; of a crowd's own what was done by the scanner is left out."""
    detector, parser = Detector(load_rules()), get_parser(format_name)
    events, found = 0, Counter[str]()
    for block in blocks_of(path, format_name):
        parsed = parser.parse(block)
        events += len(parsed.events)
        for finding in detector.process(parsed, source="s", file_id="f", path=path.name):
            if SCANNER not in {entity.value for entity in finding.entities}:
                found[finding.title] += 1
    return events, found


def benign(
    shared_data: Path, crowds: dict[str, Path], into: Path
) -> Iterator[tuple[str, Path, str]]:
    yield "recorded access log", shared_data / "apache_access_10k.log.gz", "combined"
    for name in ("normalTrafficTraining", "normalTrafficTest"):
        yield f"requests of CSIC, {name}", csic(shared_data, name, into), "http"
    for name, folder in crowds.items():
        yield f"shoppers, {name}: access log", folder / "access.log", "combined"
        yield f"shoppers, {name}: business events", folder / "shop-events.jsonl", "shop"


def test_benign_traffic_raises_almost_nothing(shared_data, crowds, tmp_path):
    events, false = 0, Counter[str]()
    print()
    for name, path, format_name in benign(shared_data, crowds, tmp_path):
        seen, found = found_in(path, format_name)
        print(f"{name}: {found.total()} false findings in {seen:,} {dict(found) or ''}")
        events += seen
        false += found
    rate = false.total() / events
    print(f"all together: {false.total()} in {events:,}, {rate * 100_000:.2f} in 100,000")
    assert events > 100_000
    assert rate <= MOST_FALSE, false
