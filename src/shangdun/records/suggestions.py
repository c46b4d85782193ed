"""The suggestions box as it is read: one's own, what is shared, and all for who answers."""

from __future__ import annotations

import hashlib
import secrets

from django.db.models import Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import Suggestion, SuggestionState
from shangdun.records.roles import Capability

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of codes: none that is taken for another when it is written down."""
CODE = 12
UNANSWERED = (SuggestionState.NEW, SuggestionState.CONSIDERED)


def visible_suggestions(actor: Actor) -> QuerySet[Suggestion]:
    """All of them for who answers; otherwise one's own and those shown to everybody."""
    require(actor, Capability.SUGGEST, Capability.ANSWER_SUGGESTIONS)
    rows = Suggestion.objects.select_related("by", "answered_by", "improvement")
    if actor.can(Capability.ANSWER_SUGGESTIONS):
        return rows
    me = person(actor)
    own = Q(by=me) if me else Q(pk__in=())
    return rows.filter(own | Q(shared=True))


def get_suggestion(actor: Actor, number: int) -> Suggestion:
    """One of them. Raises ``NotFound``."""
    found = visible_suggestions(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no suggestion {number}", fix="see the suggestions")
    return found


def suggestion_by_code(code: str) -> Suggestion | None:
    """The anonymous one that this code opens; the code is the permission."""
    rows = Suggestion.objects.filter(anonymous=True, code_hash=code_hash(code))
    return rows.select_related("improvement").first()


def fresh_code() -> str:
    """A new code: 60 random bits, in groups of four."""
    letters = "".join(secrets.choice(LETTERS) for _one in range(CODE))
    return "-".join(letters[at : at + 4] for at in range(0, CODE, 4))


def code_hash(code: str) -> str:
    """What is kept of a code; how it was typed does not count."""
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()
