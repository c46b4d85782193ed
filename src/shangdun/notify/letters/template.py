"""The text of a letter: prepared per type and language, filled without running anything.

A place is ``{word}`` and nothing else: no attributes, formats or code, and a word that is not known
is an error with its line. What a person must still write is marked 【请补充：…】, 【请核实：…】 or
[TO BE FILLED IN: …], [TO BE CHECKED: …]; while one is left, nobody can approve.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from shangdun.kernel.errors import UsageError

LANGUAGES = ("zh", "en")
PERSONAL = frozenset({"name"})
"""What is filled in for each recipient; everything else once, when the notice is written."""
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")
_GAP = re.compile(r"【请(?:补充|核实)[^】]*】?|\[TO BE (?:FILLED IN|CHECKED)[^\]]*\]?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Text(msgspec.Struct, frozen=True):
    """One language's subject and body."""

    subject: str
    body: str


class Prepared(msgspec.Struct, frozen=True):
    """A type's letter as it ships: both languages, the duties it meets, usual answers."""

    type: str
    duties: list[str]
    subject: dict[str, str]
    body: dict[str, str]
    answers: list[dict[str, dict[str, str]]] = []

    def text(self, language: str) -> Text:
        """In ``zh`` or ``en``."""
        return Text(self.subject[language], self.body[language])


@cache
def prepared(kind: str) -> Prepared:
    """The letter of an incident's type (``data_breach`` …)."""
    return msgspec.convert(_document(kind), Prepared)


@cache
def words() -> dict[str, Any]:
    """Kinds of data and of help as letters name them: {group: {word: {language: text}}}."""
    return _document("words")


def written(text: Text, values: Mapping[str, str]) -> Text:
    """Fill in what is the same for everybody; an unknown value becomes a gap to be filled."""

    def value(match: re.Match[str]) -> str:
        word = match[1]
        return match[0] if word in PERSONAL or word not in values else values[word]

    return Text(_PLACE.sub(value, text.subject), _PLACE.sub(value, text.body))


def check(text: Text, language: str, *, places: frozenset[str] = PERSONAL) -> None:
    """Raise ``UsageError`` (``notice.subject``, ``.body``, ``.place``) where it cannot be sent."""
    if not 0 < len(text.subject.strip()) <= LONGEST_SUBJECT or _CONTROL.search(text.subject):
        raise UsageError(
            "a letter needs a subject of one line",
            code="notice.subject",
            where=language,
            fix="at most 200 characters",
        )
    if not 0 < len(text.body.strip()) <= LONGEST_BODY:
        raise UsageError(
            "a letter needs a text",
            code="notice.body",
            where=language,
            fix="at most 20,000 letters",
        )
    for number, line in enumerate([text.subject, *text.body.splitlines()]):
        for match in _PLACE.finditer(line):
            if match[1] not in places:
                known = ", ".join(f"{{{one}}}" for one in sorted(places))
                raise UsageError(
                    f"there is no {match[0]}",
                    code="notice.place",
                    where=f"{language}, line {number}",
                    fix=f"only {known} is filled in for each recipient",
                )


def gaps(text: Text) -> list[str]:
    """What is still to be written, as it stands in the text."""
    return _GAP.findall(f"{text.subject}\n{text.body}")


def personal(text: Text, *, name: str, language: str) -> Text:
    """The letter to one recipient; without a name he is greeted as a customer."""
    name = " ".join(_CONTROL.sub(" ", name).split())[:60] or words()["no_name"][language]
    return Text(
        text.subject.replace("{name}", name).replace("\n", " "), text.body.replace("{name}", name)
    )


def _document(name: str) -> dict[str, Any]:
    path = files("shangdun.content") / "notices" / f"{name}.yml"
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return document
