"""The shop's own modules, and traffic made once for every test that looks at it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT

SHOP = ROOT / "examples" / "shop"
sys.path.insert(0, str(SHOP))

MINUTES = {"mixed": 30, "honest": 30, "flash-sale": 12}


@pytest.fixture(scope="session")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder with the three files for every scenario."""
    from traffic import simulate  # noqa: PLC0415  the path is set above

    folders = {}
    for scenario, minutes in MINUTES.items():
        folders[scenario] = tmp_path_factory.mktemp(scenario)
        simulate(folders[scenario], seed=7, minutes=minutes, scenario=scenario)
    return folders
