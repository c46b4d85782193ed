"""What a report to a regulator has to say, item by item: read from ``content/law/forms.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import msgspec
import yaml

from shangdun.kernel.errors import NotFound, UsageError
from shangdun.respond.regulators.law import Certainty, Words

LONGEST_ITEM = 20_000
MARKS = {"zh": "待核实", "en": "to be verified"}
"""What stands where something is not known yet, by the report's language."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to say; ``fill`` names what ShangDun puts there, ``first`` what cannot wait."""

    id: str
    title: Words
    fill: tuple[str, ...] = ()
    first: bool = False
    optional: bool = False
    certainty: Certainty | None = None
    """Where it is less sure than its form."""
    help: Words = {}


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form in one version; ``language`` is the one its recipient reads."""

    id: str
    version: str
    certainty: Certainty
    language: str
    title: Words
    basis: Words
    items: tuple[Item, ...]


@lru_cache(maxsize=1)
def forms() -> dict[str, Form]:
    """Every form by its id."""
    text = (files("shangdun") / "content" / "law" / "forms.yml").read_text("utf-8")
    read = msgspec.convert(yaml.safe_load(text)["forms"], list[Form])
    return {form.id: form for form in read}


def get_form(uid: str) -> Form:
    """Raise ``NotFound`` for a form that is not shipped."""
    found = forms().get(uid)
    if found is None:
        raise NotFound(f"there is no form {uid!r}", fix=f"one of {', '.join(forms())}")
    return found


def unknown_items(form: Form, texts: Mapping[str, str], language: str) -> tuple[str, ...]:
    """Ids of the items that say nothing yet, or carry the mark for what is not known."""
    return tuple(
        item.id
        for item in form.items
        if not item.optional
        and (not texts.get(item.id, "").strip() or MARKS[language] in texts[item.id])
    )


def check_items(form: Form, texts: Mapping[str, str]) -> None:
    """Raise ``UsageError`` (code ``report.items``) for unknown or overlong items."""
    names = {item.id for item in form.items}
    for name, text in texts.items():
        if name not in names or len(text) > LONGEST_ITEM:
            raise UsageError(
                f"{name} is too long or no item of this form",
                code="report.items",
                where=name,
                fix=f"at most {LONGEST_ITEM} characters",
            )


def check_ready(form: Form, texts: Mapping[str, str]) -> None:
    """Raise ``UsageError`` (code ``report.first``) unless what cannot wait is said.

    An item that says that something is to be verified is said: cause and impact may follow.
    """
    empty = [item for item in form.items if item.first and not texts.get(item.id, "").strip()]
    if empty:
        raise UsageError(
            "items that cannot wait are empty",
            code="report.first",
            where=", ".join(item.id for item in empty),
            fix="say what is known; write what is not known as to be verified",
        )
