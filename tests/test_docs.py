"""Documentation is held to the code: every key, link and command that it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.conftest import ROOT

from shangdun.cli.main import shangdun
from shangdun.kernel.config import Config, SourceConfig
from shangdun.observe.settings import MonitorConfig
from shangdun.protect.edge.settings import EdgeConfig, RouteClass
from shangdun.protect.settings import ProtectConfig

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/*.md")])


OF_OTHER_TYPES = {"sources", "monitor", "protect", "edge"}
"""Sections that are typed elsewhere: see below."""


def keys(struct: type[msgspec.Struct], section: str = "") -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(struct):
        inner = field.type
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            yield from keys(inner, field.name)
        elif field.name not in {
            "sources",
            "monitor",
            "protect",
            "edge",
        }:  # of other types, see below
            yield section, field.name


def test_every_configuration_key_is_documented_in_its_section() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    found = re.findall(
        r"^## `\[+(?:\w+\.)?(\w+)\]+`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
    )
    sections = dict(found)
    wanted = [
        *keys(Config),
        *keys(MonitorConfig, "monitor"),
        *keys(ProtectConfig, "protect"),
        *keys(EdgeConfig, "edge"),
        *(("edge", name) for _, name in keys(RouteClass)),
        *(("sources", name) for _, name in keys(SourceConfig)),
    ]
    assert len(wanted) > 10
    missing = [f"{s}.{k}" for s, k in wanted if f"`{k}`" not in sections.get(s, "")]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\((?!\w+:|#)([^)#]+)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_shown_exist(page: Path) -> None:
    shown = re.findall(r"`(?:\.venv/bin/)?shangdun ([a-z][a-z-]+)", page.read_text("utf-8"))
    known = set(shangdun.list_commands(None))  # type: ignore[attr-defined, arg-type]
    assert set(shown) <= known
