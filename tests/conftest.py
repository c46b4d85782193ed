"""Fixtures that every folder of tests shares."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def shared_data() -> Path:
    """The folder of development data beside the checkout, where there is one."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the development data in ../shared/data, which is not here")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ShangDun home directory, set in the environment."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("SHANGDUN_HOME", str(folder))
    return folder
