"""What must not outlive its use: lists of recipients, and which reminders were needless."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, System
from shangdun.records.affected import email_mark
from shangdun.records.mailings import KEEPERS, get_address_list, mailing_tally, mark_behind
from shangdun.records.models import (
    AddressList,
    Mailing,
    MailingKind,
    NoticeState,
    SurveyState,
    Unsubscribed,
)
from shangdun.records.roles import Capability

ANYBODY = System("system:recipient")
"""Whoever holds the link of a letter: nobody asks who."""


@action(Capability.RUN_PLAYBOOKS)
def do_unsubscribe(
    actor: System, *, token: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Unsubscribed]:
    """No more letters but those the law demands. Raises ``NotFound`` for a link not of ours."""
    del actor
    return _put_off(_mark(token), clock, by_link=True)


@action(Capability.RUN_PLAYBOOKS)
def do_subscribe_again(actor: System, *, token: str, clock: Clock = SYSTEM_CLOCK) -> Outcome[bool]:
    """It was a mistake: with the same link letters may come again."""
    del actor
    row = Unsubscribed.objects.filter(mark=_mark(token)).first()
    if row is None:
        return Unchanged(result=False)
    number = row.pk
    row.delete()
    return Done(result=True, subject=("unsubscribed", number), at=clock.now())


@action(*KEEPERS)
def do_put_off(actor: Actor, email: str, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[Unsubscribed]:
    """Somebody told us that he wants no letters: by telephone, at the counter."""
    del actor
    mark = email_mark(email)
    if not mark:
        raise UsageError("this is no e-mail address", code="contact.email", fix="name@mail.example")
    return _put_off(mark, clock, by_link=False)


@action(*KEEPERS)
def do_erase_address_list(
    actor: Actor, *, list_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[AddressList]:
    """Erase names and addresses; how many there were, and what was sent, stays on record."""
    row = get_address_list(actor, list_id)
    if row.erased_at is not None:
        return Unchanged(row)
    busy = (NoticeState.SENDING, NoticeState.PAUSED)
    if row.mailings.filter(state__in=busy).exists():
        raise UsageError(
            "letters are going to it", code="mailing.busy", where=row.name,
            fix="wait until they are sent, or stop them",
        )  # fmt: skip
    now = clock.now()
    row.kept = row.recipients.count()
    row.recipients.all().delete()
    row.erased_at = now
    row.version += 1
    row.save(update_fields=["kept", "erased_at", "version"])
    return Done(row, ("address_list", row.pk), now, {"recipients": row.kept})


@action(Capability.RUN_PLAYBOOKS)
def do_forget_reminders(
    actor: Actor, *, mailing_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """A reminder's letters say who had answered by then: when the survey is closed, they go.

    How many left, bounced and were needless stays.
    """
    del actor
    mailing = Mailing.objects.select_related("survey").get(pk=mailing_id)
    survey = mailing.survey
    busy = mailing.state in {NoticeState.SENDING, NoticeState.PAUSED}
    if mailing.kind != MailingKind.REMINDER or survey is None or busy:
        return Unchanged(mailing)
    if survey.state != SurveyState.CLOSED or not mailing.letters.exists():
        return Unchanged(mailing)
    mailing.told = mailing_tally(mailing)
    mailing.save(update_fields=["told"])
    count = mailing.letters.all().delete()[0]
    return Done(mailing, ("mailing", mailing.pk), clock.now(), {"letters": count})


def _mark(token: str) -> str:
    mark = mark_behind(token)
    if not mark:
        raise NotFound("this link is not of ours", code="mailing.link_gone", fix="ask who sent it")
    return mark


def _put_off(mark: str, clock: Clock, *, by_link: bool) -> Outcome[Unsubscribed]:
    now = clock.now()
    row, made = Unsubscribed.objects.get_or_create(
        mark=mark, defaults={"at": now, "by_link": by_link}
    )
    if not made:
        return Unchanged(row)
    return Done(row, ("unsubscribed", row.pk), now, {"by_link": by_link})
