"""Letters to lists of recipients: their shipped texts, what is filled in, the foot of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.template import LANGUAGES, Text, check, personal, written

LINK = "{link}"
PERSONAL = frozenset({"name", "link"})


def shipped(kind: str, values: Mapping[str, Mapping[str, str]]) -> dict[str, Text]:
    """The texts of a kind (``invitation``, ``reminder``); ``values``: language → place → words."""
    document = _document()[kind]
    return {
        language: written(
            Text(document["subject"][language], document["body"][language]), values[language]
        )
        for language in LANGUAGES
    }


def check_mailing(text: Text, language: str, *, link: bool) -> None:
    """Raise ``UsageError`` (``notice.…``, ``mailing.link``) where it cannot be sent."""
    check(text, language, places=PERSONAL)
    if (link and LINK not in text.body) or LINK in text.subject:
        raise UsageError(
            "the link is missing", code="mailing.link", where=language,
            fix="write {link} where the link is to stand, in the text alone",
        )  # fmt: skip


def addressed(text: Text, *, name: str, language: str, link: str, foot: str) -> Text:
    """The letter to one recipient. What his name says is never taken for a place."""
    text = Text(text.subject, text.body.replace(LINK, link))
    text = personal(text, name=name, language=language)
    return Text(text.subject, f"{text.body.rstrip()}\n\n{foot}")


def foot(language: str, *, purpose: str, unsubscribe: str) -> str:
    """Why somebody gets it, and how to get no more; no link: the law demands the letter."""
    text: str = _document()["foot"]["open" if unsubscribe else "duty"][language]
    return text.replace("{purpose}", purpose).replace("{unsubscribe}", unsubscribe)


@cache
def _document() -> dict[str, Any]:
    path = files("shangdun.content") / "mailings" / "letters.yml"
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return document
