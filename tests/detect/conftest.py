"""Rules and events for the tests of detection."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shangdun.detect.engine import Engine
from shangdun.detect.rule import RuleSet
from shangdun.detect.rules import load_rules
from shangdun.lake.block import LINE, OFFSET, Parsed

ROOT = Path(__file__).parent.parent.parent

LoadDocuments = Callable[..., RuleSet]


def frame_of(events: list[dict[str, Any]]) -> pl.DataFrame:
    """Events as a parser gives them."""
    names = list(dict.fromkeys(name for event in events for name in event))
    columns = {name: [event.get(name) for event in events] for name in names}
    frame = pl.DataFrame(columns, strict=False) if names else pl.DataFrame()
    places = [
        pl.Series(LINE, range(1, len(events) + 1), pl.UInt32),
        pl.Series(OFFSET, range(0, 100 * len(events), 100), pl.UInt64),
    ]
    return frame.with_columns(places) if names else pl.DataFrame(places)


def parsed_of(events: list[dict[str, Any]]) -> Parsed:
    return Parsed(frame_of(events))


def found(engine: Engine, parsed: Parsed) -> dict[str, list[int]]:
    """Rule title → rows."""
    return {match.rule.title: match.rows.tolist() for match in engine.evaluate(parsed)}


def rule_text(detection: dict[str, Any], **more: Any) -> str:
    """A rule as YAML (JSON is YAML); every part can be replaced."""
    document = {
        "title": "rule",
        "status": "test",
        "logsource": {"category": "test"},
        "detection": detection,
        "level": "low",
    }
    return json.dumps(document | more)


@pytest.fixture
def load(tmp_path: Path) -> LoadDocuments:
    """Load rules from their texts, one file each."""

    def load_texts(*texts: str | bytes, **options: Any) -> RuleSet:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        for number, text in enumerate(texts):
            data = text if isinstance(text, bytes) else text.encode()
            (folder / f"rule{number}.yml").write_bytes(data)
        options.setdefault("cache_dir", tmp_path / "cache")
        return load_rules([folder], builtin=False, **options)

    return load_texts


@pytest.fixture(scope="session")
def sigmahq(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SigmaHQ rules, where the development data are at hand."""
    archive = ROOT.parent / "shared" / "data" / "sigmahq_rules.tar.gz"
    if not archive.is_file():
        pytest.skip("needs sigmahq_rules.tar.gz in ../shared/data, which is not here")
    folder = tmp_path_factory.mktemp("sigmahq")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder
