"""The communication plan, the duties and the project group, from the answers to the questions."""

from __future__ import annotations

from django.utils.translation import ngettext

from shangdun.actions.communication.lines import adopt
from shangdun.actions.duties.groups import adopt_groups
from shangdun.actions.duties.raci import adopt_duties
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.govern.communication.matrix import matrix

ORDER = 90
"""After the meetings, so that groups find theirs."""


def start(asked: Asked) -> Started:
    """Every line of the matrix; duties and groups with whom the answers name."""
    language = asked.programme.language
    lines = adopt(
        [line.key for line in matrix()], asked.at, programme=asked.programme,
        owner_id=asked.people.get("lead"), language=language, starts_on=asked.today,
    )  # fmt: skip
    people = dict(asked.people)
    duties = adopt_duties(people, language, asked.at, asked.programme)
    groups = adopt_groups(people, language, asked.at)
    made = len(lines) + len(duties) + len(groups)
    what = in_words(
        lambda: (
            ngettext(
                "Communication plan with %(n)d line, duties and groups across teams",
                "Communication plan with %(n)d lines, duties and groups across teams",
                len(lines),
            )
            % {"n": len(lines)}
        )
    )
    return Started(what, made, "/communication/")
