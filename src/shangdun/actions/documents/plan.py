"""The response plan that comes with the product, for a company to make its own."""

from __future__ import annotations

import re
from importlib import resources

from shangdun.actions.documents.write import NewDocument
from shangdun.kernel.errors import UsageError
from shangdun.records.models import Company, ControlledKind, DocumentLanguage
from shangdun.respond.groups import Group

UNNAMED = {"zh-hans": "本企业", "en": "the company"}
MARKING = {"zh-hans": "内部", "en": "Internal"}
MEETING_MONTHS, REVIEW_MONTHS = 3, 12
"""The plan's own section 八: a meeting every quarter, a review every year."""
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!&~])")


def built_in_plan(language: str, company: Company) -> NewDocument:
    """The plan in a language, with the company's name, read by all groups."""
    if language not in DocumentLanguage.values:
        raise UsageError(
            f"there is no plan in {language}", code="document.language", fix="zh-hans or en"
        )
    text = (resources.files("shangdun.content") / "plan" / f"plan.{language}.md").read_text("utf-8")
    names = (company.name_zh, company.name_en)
    first, second = names if language == "zh-hans" else names[::-1]
    name = " ".join((first or second or UNNAMED[language]).split())
    title, _, body = text.partition("\n")
    if language == "zh-hans":
        body = re.sub(r" ?\{\{company\}\} ?", lambda _found: _escaped(name), body)
    return NewDocument(
        kind=ControlledKind.PLAN,
        title=title.removeprefix("# ").strip(),
        language=language,
        body=body.replace("{{company}}", _escaped(name)).strip("\n") + "\n",
        marking=MARKING[language],
        readers=tuple(Group),
        review_months=REVIEW_MONTHS,
        meeting_months=MEETING_MONTHS,
    )


def _escaped(name: str) -> str:
    """A name is no markup: its stars stay stars."""
    return _MARKS.sub(r"\\\1", name)
