"""Writing playbooks: their head, one step, their import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shangdun.console.wordings.playbooks import AUTOMATIC, PHASES
from shangdun.records.models import IncidentType, PlanGroup
from shangdun.respond.playbook.drafting import Draft, is_key, steps_of
from shangdun.respond.playbook.model import Automatic

LONGEST_NAME = 300
LONGEST_TEXT = 20_000
FORMS = [
    ("", _("People do it")),
    *((kind.value, AUTOMATIC[kind]) for kind in Automatic if kind is not Automatic.HTTP),
    ("parallel", _("Side by side")),
    ("if", _("If … then")),
    ("while", _("Repeat while")),
    ("switch", _("Choice")),
    ("playbook", _("Another playbook")),
]
"""What a step can be."""
_DURATION = re.compile(r"[1-9][0-9]{0,8}(ms|s|m|h|d)\Z")
_PAIR = re.compile(r"\s*([^:\s][^:]*?)\s*:\s*(.*)\Z")


class HeadForm(forms.Form):
    """What a playbook is called, and for what it is."""

    head = forms.CharField(widget=forms.HiddenInput, initial="1")
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=LONGEST_NAME, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME, required=False)
    about_zh = forms.CharField(
        label=_("About it, in Chinese"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    about_en = forms.CharField(
        label=_("About it, in English"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    types = forms.MultipleChoiceField(
        label=_("For which incidents"),
        choices=IncidentType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: other playbooks call it."),
    )
    variables = forms.CharField(
        label=_("Variables"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono"}),
        help_text=_(
            "One a line: name | type | value at the start | question in Chinese | in English."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not (cleaned.get("name_zh") or cleaned.get("name_en")):
            self.add_error("name_zh", _("Give it a name in one of the two languages."))
        return cleaned

    def clean_variables(self) -> list[list[str]]:
        rows = []
        for line in str(self.cleaned_data["variables"]).splitlines():
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) > 5 or not re.match(r"[a-zA-Z_][a-zA-Z0-9_-]{0,190}\Z", cells[0]):
                raise ValidationError(_("A variable's name has letters, digits and underscores."))
            rows.append([*cells, "", "", "", ""][:5])
        return rows

    @classmethod
    def showing(cls, draft: Draft) -> HeadForm:
        """The form filled with a draft."""
        lines = [
            " | ".join((name, *_row(body, _language(draft))))
            for name, body in _mapping(draft.get("variables")).items()
        ]
        initial = {
            **_two("name", draft.get("name"), _language(draft)),
            **_two("about", draft.get("about"), _language(draft)),
            "types": draft.get("for") or [],
            "variables": "\n".join(lines),
        }
        return cls(initial=initial)

    def into(self, draft: Draft) -> Draft:
        """The draft with what the form says."""
        said = self.cleaned_data
        changed = {**draft, "name": _both(said, "name")}
        changed["about"] = _both(said, "about")
        if not changed["about"]:
            changed.pop("about")
        if said["types"] or "for" in draft:
            changed["for"] = said["types"]
        known = _mapping(draft.get("variables"))
        variables = {
            row[0]: _variable(row, _mapping(known.get(row[0]))) for row in said["variables"]
        }
        changed.pop("variables", None)
        if variables:
            changed["variables"] = variables
        return changed


class StepForm(forms.Form):
    """One step; what the form has no field for stays as it is."""

    key = forms.CharField(
        label=_("Key"), max_length=120, help_text=_("What other steps call it: seal-the-hole.")
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=LONGEST_NAME, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME, required=False)
    form = forms.ChoiceField(label=_("Kind of step"), choices=FORMS, required=False)
    group = forms.ChoiceField(
        label=_("Who does it"), choices=[("", "—"), *PlanGroup.choices], required=False
    )
    phase = forms.ChoiceField(
        label=_("Phase"),
        required=False,
        choices=[
            ("", "—"),
            *((phase.value, words) for phase, words in PHASES.items()),
        ],
    )
    do_zh = forms.CharField(
        label=_("What to do, in Chinese"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    do_en = forms.CharField(
        label=_("What to do, in English"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes allowed"), min_value=1, max_value=43_200, required=False
    )
    timeout = forms.CharField(
        label=_("Goes on without it after"),
        required=False,
        max_length=20,
        help_text=_("90s, 30m, 4h, 2d. Empty: it waits."),
    )
    confirm = forms.BooleanField(label=_("A person confirms first"), required=False)
    parameters = forms.CharField(
        label=_("Parameters, branches or cases"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
        help_text=_("Automatic: name: value. Side by side: one step a line. Choice: value: step."),
    )
    condition = forms.CharField(
        label=_("Condition, variable or playbook"),
        required=False,
        max_length=2_000,
        help_text=_("__leaking__:value = 'true'; of a choice: __cause__:value"),
    )
    then = forms.CharField(label=_("Then"), required=False, max_length=120)
    otherwise = forms.CharField(label=_("Otherwise"), required=False, max_length=120)
    asks = forms.CharField(
        label=_("Asks for"),
        required=False,
        max_length=2_000,
        help_text=_("Variables that whoever does it answers, with commas between them."),
    )
    next = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=120,
        help_text=_("Empty: the step below. “end” ends the branch."),
    )
    success = forms.CharField(label=_("Next after success"), required=False, max_length=120)
    failure = forms.CharField(label=_("Next after failure"), required=False, max_length=120)

    def __init__(self, *args: Any, keys: list[str] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self._keys = {*(keys or []), "end", "none"}
        for name in ("then", "otherwise", "next", "success", "failure"):
            self.fields[name].widget.attrs["list"] = "step-keys"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("then", "otherwise", "next", "success", "failure"):
            value = cleaned.get(name)
            if value and value not in self._keys and "--" not in value:
                self.add_error(name, _("There is no step of this key."))
        if cleaned.get("timeout") and not _DURATION.match(cleaned["timeout"]):
            self.add_error("timeout", _("Write 90s, 30m, 4h or 2d."))
        if cleaned.get("next") and (cleaned.get("success") or cleaned.get("failure")):
            self.add_error("next", _("Either one way, or one for success and one for failure."))
        key = cleaned.get("key", "")
        if key and not is_key(key) and "--" not in key:
            self.add_error("key", _("Small letters, digits and dashes."))
        return cleaned

    @classmethod
    def showing(cls, key: str, draft: Draft) -> StepForm:
        """The form filled with a step of the draft."""
        steps = steps_of(draft)
        body, language = _mapping(steps.get(key)), _language(draft)
        kind = next((name for name, _label in FORMS if name and name in body), "")
        said = body.get(kind) if kind else None
        words = ("minutes", "timeout", "confirm", "group", "phase", "next", "success", "failure")
        initial = {
            "key": key,
            **_two("name", body.get("name"), language),
            **_two("do", body.get("do"), language),
            **{name: body.get(name) for name in words},
            "form": kind,
            "parameters": _lines(body.get("cases") if kind == "switch" else said),
            "condition": said if kind in _EXPRESSED else "",
            "then": body.get("then", ""),
            "otherwise": body.get("else", ""),
            "asks": ", ".join(str(name) for name in body.get("asks") or []),
        }
        return cls(initial=initial, keys=list(steps))

    def into(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The step with what the form says; other words of it are kept."""
        said, kind = self.cleaned_data, self.cleaned_data["form"]
        kept = {name: value for name, value in body.items() if name not in _FIELDS}
        acts = kind not in _BRANCHING
        asks = [name.strip() for name in said["asks"].split(",") if name.strip()]
        words = {
            "name": _both(said, "name"),
            "group": said["group"] if acts else "",
            "phase": said["phase"],
            "minutes": said["minutes"] if acts else None,
            "timeout": said["timeout"],
            "do": _both(said, "do") if acts else "",
            "confirm": said["confirm"] if acts else False,
            "asks": asks,
            "then": said["then"] if kind in {"if", "while"} else "",
            "else": said["otherwise"] if kind == "if" else "",
            "next": said["next"],
            "success": said["success"],
            "failure": said["failure"],
        }
        return kept | {name: value for name, value in words.items() if value} | self._kind(kind)

    def _kind(self, kind: str) -> dict[str, Any]:
        said = self.cleaned_data
        lines = [line.strip() for line in said["parameters"].splitlines() if line.strip()]
        if kind == "parallel":
            return {"parallel": lines}
        if kind == "switch":
            return {"switch": said["condition"], "cases": _pairs(lines)}
        if kind in _EXPRESSED:
            return {kind: said["condition"]}
        return {kind: _pairs(lines, typed=True)} if kind else {}


_EXPRESSED = frozenset({"if", "while", "switch", "playbook"})
_BRANCHING = _EXPRESSED | {"parallel"}
_FIELDS = frozenset(
    {
        "name", "group", "phase", "minutes", "timeout", "do", "confirm", "asks", "then", "else",
        "next", "success", "failure", "cases", *(name for name, _label in FORMS if name),
    }
)  # fmt: skip
"""Words of a step that the form says."""


class PlaybookImportForm(forms.Form):
    """A CACAO document or compact YAML, as a file or pasted."""

    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _two(name: str, text: object, language: str = "zh") -> dict[str, str]:
    """A text of the draft for the two fields; one alone is in the playbook's language."""
    said = text if isinstance(text, Mapping) else {language: text or ""}
    return {f"{name}_{one}": str(said.get(one, "")) for one in ("zh", "en")}


def _language(draft: Mapping[str, Any]) -> str:
    return "en" if draft.get("language") == "en" else "zh"


def _both(said: Mapping[str, Any], name: str) -> str | dict[str, str]:
    """A text in both languages, or in the one that is given."""
    zh = str(said[f"{name}_zh"]).replace("\r\n", "\n")
    en = str(said[f"{name}_en"]).replace("\r\n", "\n")
    return {"zh": zh, "en": en} if zh and en else zh or en


def _row(body: object, language: str) -> tuple[str, str, str, str]:
    said = _mapping(body)
    ask = _two("ask", said.get("ask"), language)
    value = said.get("value")
    return (
        str(said.get("type", "string")), "" if value is None else str(value),
        ask["ask_zh"], ask["ask_en"],
    )  # fmt: skip


def _variable(row: list[str], known: Mapping[str, Any]) -> dict[str, Any]:
    _name, kind, value, zh, en = row
    kept = {name: part for name, part in known.items() if name not in {"type", "value", "ask"}}
    said: dict[str, Any] = {"type": kind or "string"}
    if value or known.get("value") == "":
        said["value"] = value
    if ask := _both({"ask_zh": zh, "ask_en": en}, "ask"):
        said["ask"] = ask
    return said | kept


def _lines(said: object) -> str:
    if isinstance(said, Mapping):
        return "\n".join(f"{name}: {_cell(value)}" for name, value in said.items())
    return "\n".join(map(str, said)) if isinstance(said, list) else ""


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _pairs(lines: list[str], *, typed: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in lines:
        pair = _PAIR.match(line)
        if pair is None:
            continue
        name, value = pair.groups()
        if typed and name == "groups":
            found[name] = [one.strip() for one in value.split(",") if one.strip()]
        elif typed and value.isdecimal() and len(value) < 10:
            found[name] = int(value)
        else:
            found[name] = value
    return found
