"""The four measures of the plan get their suggested targets."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shangdun.actions.measures.targets import suggest_targets
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.kernel.clock import FixedClock

ORDER = 60


def start(asked: Asked) -> Started:
    """Targets from the beginning of the running period on; those that people set stay."""
    made = suggest_targets(asked.actor, asked.today, FixedClock(asked.at))
    words = in_words(lambda: _("%(n)d targets for the measures of the plan") % {"n": made})
    return Started(what=words, made=made, path="/measures/")
