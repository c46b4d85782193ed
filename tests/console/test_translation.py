"""Chinese is complete: every text is translated, every placeholder kept, nothing forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from .messages import CATALOGUE, SOURCE, catalogue, texts

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")
TEMPLATES = SOURCE / "console" / "templates"
BILINGUAL = {"500.html"}  # shown when nothing works, translation neither: it says all in both
TAGS = re.compile(r"(?s)\{%\s*blocktrans.*?endblocktrans\s*%\}|\{[%#{].*?[%#}]\}")
SHOWN_ATTRIBUTES = re.compile(r'(?:title|placeholder|alt|aria-label|value)="([^"]*)"')
NAMES = {
    "ShangDun",
    "Ctrl",
    "Enter",
    "Esc",
    "openapi",
    "json",
    "auditd",
    "UDP",
    "TCP",
    "SQL",
    "PDF",
    "Word",
    "Excel",
    "SHA",
    "STIX",
    "YAML",
    "CACAO",
    "CVE",
    "CVSS",
    "Microsoft",
    "Project",
    "XML",
    "English",
    "CSV",
    "NDJSON",
    "Parquet",
    "sdt_",
    "MB",
}


def translated(message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]


def test_the_catalogue_has_exactly_the_texts_of_the_source():
    known = {
        (
            m.context or "",
            m.id if isinstance(m.id, str) else m.id[0],
            "" if isinstance(m.id, str) else m.id[1],
        )
        for m in catalogue()
        if m.id
    }
    wanted = set(texts())
    assert sorted(wanted - known) == [], "run python -m tests.console.messages and translate"
    assert sorted(known - wanted) == []


def test_every_text_is_translated_and_none_is_a_guess():
    for message in catalogue():
        if message.id:
            assert all(translated(message)), message.id
            assert "fuzzy" not in message.flags, message.id
    assert not list(catalogue().obsolete)


def test_placeholders_are_kept():
    for message in catalogue():
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[1]
        for text in translated(message):
            assert set(PLACEHOLDER.findall(text)) - {"%%"} == set(PLACEHOLDER.findall(source)) - {
                "%%"
            }, source


def test_chinese_uses_chinese_punctuation():
    for message in catalogue():
        if message.id:
            for text in translated(message):
                assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?:\s|$)", text), (
                    text
                )


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_no_template_shows_text_that_is_not_translated(path: Path):
    if path.name in BILINGUAL:
        return
    source = path.read_text("utf-8")
    bare = TAGS.sub(" ", source)
    attributes = SHOWN_ATTRIBUTES.findall(bare)
    bare = re.sub(
        r"(?s)<pre.*?</pre>|<code.*?</code>|<title>.*?</title>|<!doctype[^>]*>", " ", bare
    )
    shown = " ".join(
        [re.sub(r"(?s)<[^>]*>", " ", bare), *(a for a in attributes if " " in a.strip())]
    )
    words = set(re.findall(r"[A-Za-z_]{3,}", shown)) - NAMES
    assert words == set()


def test_pages_speak_what_the_catalogue_says():
    assert CATALOGUE.with_suffix(".mo").exists(), "run make setup"
    with translation.override("zh-hans"):
        for message in catalogue():
            if not message.id:
                continue
            one = message.id if isinstance(message.id, str) else message.id[0]
            if isinstance(message.id, tuple) and message.context:
                said = translation.npgettext(message.context, message.id[0], message.id[1], 2)
            elif isinstance(message.id, tuple):
                said = translation.ngettext(message.id[0], message.id[1], 2)
            elif message.context:
                said = translation.pgettext(message.context, one)
            else:
                said = translation.gettext(one)
            assert said == translated(message)[0], "run make setup: the compiled catalogue is old"


def test_no_other_name_hides_texts_from_the_catalogue():
    """What is called by another name is not collected, and would stay English for ever."""
    named = re.compile(r"import .*\bn?p?gettext(?:_lazy)? as (?!_\b)\w+")
    files = [path for path in SOURCE.rglob("*.py") if named.search(path.read_text("utf-8"))]
    assert not files
