"""Forms of the knowledge base and of the suggestions box."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.knowledge.pages import NewPage
from shangdun.actions.review.improve import Plan
from shangdun.actions.suggestions.answer import Reply
from shangdun.actions.suggestions.suggest import Proposal
from shangdun.console.forms.organisation import people_choices
from shangdun.records.models import (
    DocumentLanguage,
    KnowledgePage,
    PlanGroup,
    SuggestionState,
    User,
)

DECISIONS = [one for one in SuggestionState.choices if one[0] != SuggestionState.NEW]


class PageForm(forms.Form):
    """A page of the knowledge base."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Text"), max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 20, "class": "mono", "spellcheck": "false"}),
    )  # fmt: skip
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=400,
        help_text=_("Words with spaces between them. data_breach, network_attack, system_failure "
                    "and insider_threat offer the page in incidents of that type."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    remark = forms.CharField(label=_("What changed"), required=False, max_length=300)

    def wanted(self) -> NewPage:
        """What is wanted."""
        given = self.cleaned_data
        for sign in ",，、;；":
            given["tags"] = given["tags"].replace(sign, " ")
        return NewPage(
            title=given["title"], body=given["body"], tags=tuple(given["tags"].split()),
            language=given["language"], remark=given["remark"],
        )  # fmt: skip

    @staticmethod
    def initial_of(page: KnowledgePage) -> dict[str, Any]:
        """A page as the form shows it."""
        return {
            "version": page.version, "title": page.title, "body": page.body,
            "tags": " ".join(page.tags), "language": page.language,
        }  # fmt: skip


class SuggestForm(forms.Form):
    """What could be better."""

    title = forms.CharField(label=_("In one line"), max_length=200)
    text = forms.CharField(
        label=_("What would be better, and why?"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    unnamed = forms.BooleanField(label=_("Without my name"), required=False)

    def proposal(self) -> Proposal:
        """What is wanted."""
        return Proposal(title=self.cleaned_data["title"], text=self.cleaned_data["text"])


class ReplyForm(forms.Form):
    """The answer to a suggestion."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=pgettext_lazy("suggestion", "Decision"), choices=DECISIONS)
    answer = forms.CharField(
        label=_("Answer"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what becomes of it, and why; thanks are sent with it."),
    )  # fmt: skip
    shared = forms.BooleanField(
        label=_("Show suggestion and answer to everybody, without the name"), required=False
    )

    def reply(self) -> Reply:
        """What is wanted."""
        given = self.cleaned_data
        return Reply(
            answer=given["answer"], state=SuggestionState(given["state"]), shared=given["shared"]
        )


class ImproveForm(forms.Form):
    """An improvement made of a suggestion."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What is to be done"), max_length=300)
    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices)
    owner_id = forms.TypedChoiceField(
        label=_("Owner"), required=False, coerce=int, empty_value=None
    )
    due = forms.DateField(
        label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    retest = forms.CharField(label=_("How will it be shown to work?"), max_length=2000)

    def __init__(self, people: list[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.fields["owner_id"].choices = [("", _("nobody")), *people_choices(people)]  # type: ignore[attr-defined]  # a choice

    def plan(self) -> Plan:
        """What is wanted."""
        given = self.cleaned_data
        return Plan(
            title=given["title"], group=given["group"], due=given["due"],
            retest=given["retest"], owner_id=given["owner_id"],
        )  # fmt: skip
