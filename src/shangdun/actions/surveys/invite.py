"""Inviting: links that open a survey once. Whom they were made for is never kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import Survey, SurveyInvitation, SurveyMode, SurveyState
from shangdun.records.roles import Capability
from shangdun.records.surveys import get_survey, hash_of, token_for

MOST = 20_000
"""At once."""
_SEVERAL = 500


@action(Capability.MANAGE_SURVEYS)
def do_invite(
    actor: Actor, names: Sequence[str], *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[str]]:
    """A token for each name, in their order; a name that was invited gets the same token again."""
    survey = _invites(actor, number, len(names))
    tokens = [token_for(survey, name) for name in names]
    made = keep_tokens(survey, tokens)
    if not made:
        return Unchanged(tokens)
    return Done(tokens, ("survey", number), clock.now(), {"invited": made})


@action(Capability.MANAGE_SURVEYS)
def do_make_links(
    actor: Actor, count: int, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[str]]:
    """So many tokens for nobody in particular, to be handed out: for them none can be reminded."""
    survey = _invites(actor, number, count)
    tokens = [token_for(survey, secrets.token_hex(32)) for _turn in range(count)]
    keep_tokens(survey, tokens)
    return Done(tokens, ("survey", number), clock.now(), {"invited": count, "by_hand": True})


@action(Capability.MANAGE_SURVEYS)
def do_remind_invited(
    actor: Actor, names: Sequence[str], *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[tuple[str, str]]]:
    """Of a list of names, those whose invitation is unused, with their tokens.

    It says who has not taken part yet, as any reminder does; what anybody answered it cannot say.
    """
    survey = _invites(actor, number, len(names))
    tokens = {name: token_for(survey, name) for name in names}
    hashes = {hash_of(token): name for name, token in tokens.items()}
    unused: set[str] = set()
    wanted = list(hashes)
    for first in range(0, len(wanted), _SEVERAL):
        rows = SurveyInvitation.objects.filter(
            survey=survey, used=False, token_hash__in=wanted[first : first + _SEVERAL]
        )
        unused.update(hashes[one] for one in rows.values_list("token_hash", flat=True))
    found = [(name, tokens[name]) for name in names if name in unused]
    return Done(found, ("survey", number), clock.now(), {"listed": len(names)})


def _invites(actor: Actor, number: int, count: int) -> Survey:
    survey = get_survey(actor, number)
    if survey.state != SurveyState.OPEN:
        raise UsageError("the survey is not open", code="survey.not_open", fix="open it first")
    if survey.mode != SurveyMode.INVITED:
        raise UsageError(
            "this survey has an open link", code="survey.link", fix="hand out its link"
        )
    if not 1 <= count <= MOST:
        raise UsageError("no such number", code="survey.count", fix=f"1 to {MOST}")
    return survey


def keep_tokens(survey: Survey, tokens: Sequence[str]) -> int:
    """Within another action: keep their hashes, in the order of the hashes; how many are new."""
    hashes = sorted({hash_of(token) for token in tokens})
    before = survey.invitations.count()
    SurveyInvitation.objects.bulk_create(
        [SurveyInvitation(survey=survey, token_hash=one) for one in hashes],
        ignore_conflicts=True,
        batch_size=_SEVERAL,
    )
    return survey.invitations.count() - before
