"""What messages say: templates in both languages, as data, filled in without evaluating anything.

A template is ``content/messages/<kind>.yml``: ``urgency`` as it usually is (normal or urgent),
``acknowledge`` (whether somebody should say that it was seen), ``escalate`` (whether it goes to the
next otherwise),
``zh`` and ``en`` with ``title`` and ``body``. ``{name}`` is replaced by that field; a line whose
fields are all empty is left out. There is nothing else in it: no attributes, formats or conditions,
so that no text of anybody can ask for more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import yaml

from shangdun.kernel.errors import UsageError

LONGEST_VALUE = 600
_FIELD = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
DRILL = {"zh": "【演练】", "en": "[DRILL] "}
REPEATED = {"zh": "\uff08可能重复送达\uff09", "en": "(may arrive twice)"}
OURS = frozenset({"link", "acknowledge_link"})
"""Fields that are addresses of ours; in every other one an address is made unclickable."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language."""

    title: str
    body: str


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of message."""

    zh: Text
    en: Text
    urgency: str = "normal"
    acknowledge: bool = False
    escalate: bool = False

    def text(self, language: str) -> Text:
        """``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


class Rendered(msgspec.Struct, frozen=True):
    """What is sent: a title of one line and a text."""

    title: str
    body: str


@cache
def templates() -> dict[str, Template]:
    """Every kind by its name. Raises ``UsageError`` (code ``message.template``) for a bad file."""
    folder = resources.files("shangdun.content") / "messages"
    files = [file for file in folder.iterdir() if file.name.endswith(".yml")]
    return {
        file.name.removesuffix(".yml"): read(file.name, file.read_text("utf-8"))
        for file in files
        if not file.name.startswith("_")
    }


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """Values in both languages by field: ``words()["state"]["active"]["zh"]``."""
    text = (resources.files("shangdun.content") / "messages" / "_words.yml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, dict[str, dict[str, str]]])


def read(name: str, text: str) -> Template:
    """A template from its file's text."""
    try:
        return msgspec.convert(yaml.safe_load(text), Template)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise UsageError(
            str(error), code="message.template", where=f"content/messages/{name}", fix="mend it"
        ) from error


def template_of(kind: str) -> Template:
    """Raises ``UsageError`` (code ``message.kind``) for a kind that has no template."""
    found = templates().get(kind)
    if found is None:
        raise UsageError(
            f"there is no message {kind!r}",
            code="message.kind",
            fix=f"add content/messages/{kind}.yml",
        )
    return found


def render(
    kind: str,
    language: str,
    fields: Mapping[str, Any],
    *,
    drill: bool = False,
    repeated: bool = False,
) -> Rendered:
    """The message in ``zh`` or ``en``.

    A field is a text, a number, a list (one line each) or ``{"zh": …, "en": …}``; what a template
    asks for and ``fields`` lack is empty. Addresses in texts are made unclickable, control
    characters dropped.
    """
    template = template_of(kind)
    text = template.text(language)
    shown = {name: shown_value(value, language, name) for name, value in fields.items()}
    title = " ".join(_fill(text.title, shown).split())
    lines = [line for line in text.body.splitlines() if _wanted(line, shown)]
    body = "\n".join(_fill(line, shown) for line in lines).strip()
    if repeated:
        body = f"{body}\n{REPEATED[language]}"
    return Rendered((DRILL[language] if drill else "") + title, body)


def fields_in(text: str) -> set[str]:
    """The fields that a template's text asks for."""
    return set(_FIELD.findall(text))


def shown_value(value: object, language: str, name: str = "") -> str:
    """A field as it is put into a text of that language."""
    if isinstance(value, Mapping):
        value = value.get(language) or value.get("en") or value.get("zh") or ""
    if isinstance(value, (list, tuple)):
        return "\n".join(f"· {shown_value(item, language)}" for item in value)
    if value is None or isinstance(value, bool):
        return ""
    text = str(value)
    return text if name in OURS else tame(text)


def tame(text: str) -> str:
    """Somebody's text as one line that no messenger takes for a link, a mention or markup."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    if len(line) > LONGEST_VALUE:
        line = line[: LONGEST_VALUE - 1] + "…"
    return line.replace("://", ":\u2060//").replace("<", "‹").replace(">", "›").replace("@", "＠")


def _fill(text: str, shown: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: shown.get(found[1], ""), text)


def _wanted(line: str, shown: Mapping[str, str]) -> bool:
    names = _FIELD.findall(line)
    return not names or any(shown.get(name) for name in names)
