"""A playbook that is being written: the draft goes with the form from click to click.

Nothing is stored before somebody saves, so a half-done playbook never stands in for a whole one,
and it works without any script. The draft is the compact text; the form shows one step of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from shangdun.console.forms.playbooks import HeadForm, StepForm
from shangdun.kernel.errors import ParseError
from shangdun.respond.playbook.drafting import (
    Draft,
    add,
    free_key,
    is_key,
    move,
    put,
    remove,
    rename,
    steps_of,
)
from shangdun.respond.playbook.yaml_text import read_text, write_text

NEW_STEP: dict[str, Any] = {
    "group": "technical_support",
    "name": {"zh": "新步骤", "en": "New step"},
    "do": {"zh": "写明要做什么。", "en": "Say what to do."},
    "minutes": 30,
}
NEW = """\
playbook: my-playbook
name: {zh: 我的处置预案, en: My playbook}
about: {zh: '', en: ''}
language: zh
for: []
steps:
  first-step:
    group: technical_support
    name: {zh: 第一步, en: First step}
    do: {zh: 写明要做什么。, en: Say what to do.}
    minutes: 30
"""


CLICKS = ("choose", "add", "remove", "up", "down")


def draft_of(text: str) -> Draft | None:
    """The draft as plain values; None where the text cannot be read."""
    try:
        value = read_text(text).value
    except ParseError:
        return None
    return value if isinstance(value, dict) else None


class Desk:
    """One click on the editor: what was posted, put into the draft, then the click itself.

    ``text`` is the draft after it, ``chosen`` the step that the form shows.
    """

    def __init__(self, posted: QueryDict) -> None:
        self.text = str(posted.get("text", "")).replace("\r\n", "\n")
        self.chosen = str(posted.get("step", ""))
        self.head_form: HeadForm | None = None
        self.step_form: StepForm | None = None
        self._posted = posted

    def work(self) -> None:
        """Put the forms into the draft, then move, add, remove or choose."""
        draft = draft_of(self.text)
        if draft is None:
            return
        if "head" in self._posted:
            draft = self._head(draft)
        if self.chosen and "key" in self._posted:
            draft = self._step(draft)
        draft = self._click(draft)
        self.text = write_text(draft)

    @property
    def sound(self) -> bool:
        """Whether the forms that were posted could be put into the draft."""
        forms = (self.head_form, self.step_form)
        return all(form is None or form.is_valid() for form in forms)

    def _head(self, draft: Draft) -> Draft:
        form = HeadForm(self._posted)
        if form.is_valid():
            return form.into(draft)
        self.head_form = form
        return draft

    def _step(self, draft: Draft) -> Draft:
        form = StepForm(self._posted, keys=list(steps_of(draft)))
        body = steps_of(draft).get(self.chosen)
        if not isinstance(body, Mapping):
            return draft
        if not form.is_valid():
            self.step_form = form
            return draft
        draft = put(draft, self.chosen, form.into(body))
        key = form.cleaned_data["key"]
        if key != self.chosen and is_key(key) and key not in steps_of(draft):
            draft = rename(draft, self.chosen, key)
            self.chosen = key
        return draft

    def _click(self, draft: Draft) -> Draft:
        said = {name: str(self._posted.get(name)) for name in CLICKS if name in self._posted}
        if self.step_form is not None:
            return draft
        if "choose" in said:
            self.chosen = said["choose"]
        elif "add" in said:
            key = free_key(draft, "step")
            draft = add(draft, said["add"], key, NEW_STEP)
            self.chosen = key
        elif "remove" in said:
            draft = remove(draft, said["remove"])
            self.chosen = "" if said["remove"] == self.chosen else self.chosen
        elif "up" in said:
            draft = move(draft, said["up"], -1)
        elif "down" in said:
            draft = move(draft, said["down"], 1)
        return draft


def rows_of(draft: Draft | None, language: str) -> list[dict[str, Any]]:
    """The steps of a draft for the list beside the form."""
    return [
        {
            "key": key,
            "name": _in(body.get("name") if isinstance(body, Mapping) else "", language) or key,
            "group": body.get("group", "") if isinstance(body, Mapping) else "",
        }
        for key, body in steps_of(draft or {}).items()
    ]


def _in(text: object, language: str) -> str:
    if isinstance(text, Mapping):
        return str(text.get(language) or next(iter(text.values()), ""))
    return str(text or "")
