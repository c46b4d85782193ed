"""The console's texts: what the source asks to be translated, and the Chinese catalogue.

`python -m tests.console.messages` brings the catalogue up to date: new texts are added empty, ones
that are gone are dropped. Needs no gettext tools.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from shangdun.console.inspected import SENTENCES

SOURCE = Path(__file__).parent.parent.parent / "src" / "shangdun"
CATALOGUE = SOURCE / "console" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_LITERAL = r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\""""
CALL = re.compile(
    rf""" (_|gettext|ngettext|pgettext|npgettext)\(((?:{_LITERAL}|[^)'"])*)\) """, re.DOTALL
)
COUNT = re.compile(r",\s*count$")

Text = tuple[str, str, str]
"""Context, text, plural; the first and last may be empty."""


def texts() -> dict[Text, list[tuple[str, int]]]:
    """Every text of code and templates with the places where it stands."""
    found: dict[Text, list[tuple[str, int]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for text, line in _of_code(path):
            found.setdefault(text, []).append((str(path.relative_to(SOURCE)), line))
    for path in sorted((SOURCE / "console" / "templates").rglob("*.html")):
        for text in _of_template(path):
            found.setdefault(text, []).append((str(path.relative_to(SOURCE)), 1))
    for sentence in sorted(SENTENCES):
        found.setdefault(("", sentence, ""), []).append(("console/inspected.py", 1))
    return found


def _of_code(path: Path) -> Iterator[tuple[Text, int]]:
    with path.open("rb") as file:
        for line, message, _comments, context in extract("python", file, keywords=KEYWORDS):
            one, more = message if isinstance(message, tuple) else (message, "")
            if one:
                yield (context or "", one, more), line


def _of_template(path: Path) -> Iterator[Text]:
    for name, arguments in CALL.findall(templatize(path.read_text("utf-8"))):
        strings = COUNT.sub("", arguments)
        literals = ast.literal_eval(f"({strings},)")
        context = literals[0] if name.startswith(("p", "np")) else ""
        rest = literals[1:] if context else literals
        yield context, rest[0], rest[1] if len(rest) > 1 else ""


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def update() -> None:
    """Write the catalogue anew, keeping what is translated."""
    old = catalogue() if CATALOGUE.exists() else Catalog(locale="zh_Hans")
    new = Catalog(
        locale="zh_Hans",
        header_comment="# The pages in Chinese. Brought up to date by tests.console.messages.",
        project="ShangDun",
        version="1",
        msgid_bugs_address="",
        last_translator="The ShangDun founders",
        language_team="zh_Hans",
        fuzzy=False,
    )
    for (context, one, more), places in sorted(texts().items(), key=lambda item: item[1][0]):
        known = old.get(one, context or None)
        translated = known.string if known else ""
        new.add(
            (one, more) if more else one,
            translated,
            context=context or None,
            locations=[(file, 0) for file, _ in places[:1]],
        )
    new.revision_date = new.creation_date = old.creation_date
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, new, width=100, include_lineno=False, sort_output=False)


if __name__ == "__main__":
    update()
    empty = [
        message.id
        for message in catalogue()
        if message.id
        and not any(message.string if isinstance(message.string, tuple) else [message.string])
    ]
    print(f"{len(empty)} texts wait for their Chinese")
