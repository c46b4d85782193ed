"""Forms about surveys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from shangdun.actions.surveys.drafts import SurveyTexts
from shangdun.console.programme.surveys import KINDS, answer_words
from shangdun.govern.survey.questions import Choice, Condition, Question, QuestionKind
from shangdun.govern.survey.suppression import LEAST
from shangdun.records.models import Survey, SurveyMode

AREA = forms.Textarea(attrs={"rows": 3})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
BETWEEN = "|"


class SurveyForm(forms.Form):
    """Titles and texts in both languages, who may answer, the days."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    intro_zh = forms.CharField(
        label=_("First words in Chinese"), max_length=5000, required=False, widget=AREA
    )
    intro_en = forms.CharField(
        label=_("First words in English"), max_length=5000, required=False, widget=AREA
    )
    thanks_zh = forms.CharField(label=_("Thanks in Chinese"), max_length=5000, required=False)
    thanks_en = forms.CharField(label=_("Thanks in English"), max_length=5000, required=False)
    mode = forms.ChoiceField(label=_("Who may answer"), choices=SurveyMode.choices)
    least = forms.IntegerField(
        label=_("Smallest group shown"), min_value=LEAST, max_value=1000,
        help_text=_("With fewer answers nothing is shown, so that nobody can be made out."),
    )  # fmt: skip
    opens_on = forms.DateField(label=_("To be opened by"), required=False, widget=DAY)
    closes_on = forms.DateField(label=_("Last day for answers"), required=False, widget=DAY)

    def texts(self) -> SurveyTexts:
        """What is wanted."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        given["mode"] = SurveyMode(given["mode"])
        return SurveyTexts(**given)

    @staticmethod
    def initial_of(survey: Survey) -> dict[str, Any]:
        """A survey as the form shows it."""
        given = {name: getattr(survey, name) for name in SurveyTexts.__struct_fields__}
        return {"version": survey.version} | given


def _parted(line: str) -> tuple[str, str]:
    zh, _bar, en = line.partition(BETWEEN)
    return zh.strip(), en.strip()


class QuestionForm(forms.Form):
    """One question: its texts, its answers, when it is asked."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("How it is answered"),
        choices=[(kind.value, label) for kind, label in KINDS.items()],
    )
    zh = forms.CharField(label=_("Question in Chinese"), max_length=500, required=False)
    en = forms.CharField(label=_("Question in English"), max_length=500, required=False)
    choices = forms.CharField(
        label=_("Answers, one a line: Chinese | English"), required=False, max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Of a scale: the words of its lowest and its highest step."),
    )  # fmt: skip
    required = forms.BooleanField(label=_("It must be answered"), required=False)
    groups = forms.BooleanField(
        label=_("Show results by its answers too"), required=False,
        help_text=_("For “one answer of several”; groups that are too small stay hidden."),
    )  # fmt: skip
    only_if = forms.MultipleChoiceField(
        label=_("Ask it only after these answers to one earlier question"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: it is always asked."),
    )  # fmt: skip

    def __init__(
        self,
        before: Sequence[Question],
        known: Question | None,
        data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self._known = known
        rules = [
            (f"{one.key}:{key}", f"{one.text('zh')} / {one.text('en')} → {answer_words(one, key)}")
            for one in before
            if one.kind in (QuestionKind.SCALE, QuestionKind.CHOICE)
            for key in one.keys
        ]
        if not rules:
            del self.fields["only_if"]
        elif isinstance(field := self.fields["only_if"], forms.MultipleChoiceField):
            field.choices = rules

    def clean_only_if(self) -> list[str]:
        """Answers of one question alone."""
        chosen: list[str] = self.cleaned_data["only_if"]
        if len({one.partition(":")[0] for one in chosen}) > 1:
            raise forms.ValidationError(_("Choose answers of one question alone."))
        return chosen

    def question(self) -> Question:
        """What is wanted."""
        given = self.cleaned_data
        rules = [one.partition(":") for one in given.get("only_if", ())]
        kind = QuestionKind(given["kind"])
        return Question(
            key=self._known.key if self._known else "",
            kind=kind,
            zh=given["zh"],
            en=given["en"],
            choices=() if kind is QuestionKind.TEXT else self._choices(given["choices"]),
            required=given["required"],
            groups=given["groups"],
            only_if=Condition(rules[0][0], tuple(rule[2] for rule in rules)) if rules else None,
        )

    def _choices(self, text: str) -> tuple[Choice, ...]:
        """Lines as answers; one that is only reworded keeps its key, by which rounds compare."""
        lines = [_parted(line) for line in text.splitlines() if line.strip()]
        known = list(self._known.choices) if self._known else []
        same = len(known) == len(lines)
        taken = {one.key for one in known}
        found: list[Choice] = []
        for place, (zh, en) in enumerate(lines):
            key = next((k.key for k in known if k.zh == zh or k.en == en), "")
            key = key or (known[place].key if same else "")
            if not key or any(one.key == key for one in found):
                key = next(k for n in range(1, 99) if (k := f"a{n}") not in taken)
            taken.add(key)
            found.append(Choice(key, zh, en))
        return tuple(found)

    @staticmethod
    def initial_of(question: Question, version: int) -> dict[str, Any]:
        """A question as the form shows it."""
        rule = question.only_if
        return {
            "version": version,
            "kind": question.kind.value,
            "zh": question.zh,
            "en": question.en,
            "choices": "\n".join(f"{one.zh} {BETWEEN} {one.en}" for one in question.choices),
            "required": question.required,
            "groups": question.groups,
            "only_if": [f"{rule.question}:{key}" for key in rule.answers] if rule else [],
        }


class InviteForm(forms.Form):
    """Whom to invite: pasted or as a file; nothing of it is kept."""

    names = forms.CharField(
        label=_("Addresses or customer numbers, one a line"), required=False,
        max_length=1_500_000, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("More columns may follow, as copied from a spreadsheet; the first one counts."),
    )  # fmt: skip
    file = forms.FileField(label=_("Or a CSV file"), required=False)
    heading = forms.BooleanField(label=_("The first row is a heading"), required=False)
    partly = forms.BooleanField(
        label=_("Leave out rows that do not fit, and make the others"), required=False
    )
