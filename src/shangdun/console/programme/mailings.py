"""What pages of mailings show: how far it is, the letters as they are read, what may be done."""

from __future__ import annotations

from typing import Any

from shangdun.actions.mailings.letters import purpose_in, text_in
from shangdun.actions.mailings.survey import invitations
from shangdun.console.response.notices import (
    LANGUAGE_NAMES,
    PILLS,
    SAMPLE_NAMES,
    Progress,
    progress_from,
)
from shangdun.notify.letters.mailing import addressed, foot
from shangdun.notify.letters.template import Text
from shangdun.records.letter_settings import letter_settings
from shangdun.records.mailings import capability_for, mailing_tally, mailings_of, reach
from shangdun.records.models import AddressList, Mailing, MailingKind, NoticeState, Survey, User

SAMPLE = "0" * 32
GOING = (NoticeState.SENDING, NoticeState.PAUSED)


def samples(mailing: Mailing) -> dict[str, Text]:
    """Each language as somebody would read it; its links open nothing."""
    first = mailing.lists.order_by("pk").first()
    found = {}
    for code, name in SAMPLE_NAMES.items():
        text = text_in(mailing, code)
        if not text.subject:
            continue
        purpose = purpose_in(first, code) if first else ""
        off = "" if mailing.duty else f"{mailing.base}/u/{SAMPLE}/"
        below = foot(code, purpose=purpose, unsubscribe=off)
        link = f"{mailing.base}/s/{SAMPLE}/"
        found[code] = addressed(text, name=name, language=code, link=link, foot=below)
    return found


def mailing_context(user: User, mailing: Mailing) -> dict[str, Any]:
    """For ``mailings/page.html``."""
    moves = user.can(capability_for(mailing))
    draft = mailing.state == NoticeState.DRAFT
    server = letter_settings()
    return {
        "mailing": mailing,
        "pill": PILLS.get(NoticeState(mailing.state), ""),
        "lists": list(mailing.lists.order_by("name", "pk")),
        "reach": reach(mailing) if draft else mailing.due,
        "previews": [(code, LANGUAGE_NAMES[code], one) for code, one in samples(mailing).items()],
        "ready": bool(server.smtp_host and server.sender),
        "plain_http": not mailing.duty and not mailing.base.startswith("https:"),
        "moves": moves,
        "starts": moves and draft,
        "pauses": moves and mailing.state == NoticeState.SENDING,
        "resumes": moves and mailing.state == NoticeState.PAUSED,
        "stops": moves and mailing.state in GOING,
        "bounces": moves and mailing.started_at is not None and not mailing.told,
        "begun": mailing.started_at is not None,
    }


def progress_of_mailing(mailing: Mailing) -> Progress:
    """Letters by their state: how many, never whose."""
    return progress_from(mailing, mailing_tally(mailing))


def survey_letters(survey: Survey) -> dict[str, Any]:
    """For the page of a survey that is open: its letters, and lists to choose from."""
    rows: list[dict[str, Any]] = [
        {"row": one, "pill": PILLS.get(NoticeState(one.state), ""),
         "progress": progress_of_mailing(one) if one.started_at else None}
        for one in mailings_of(survey)
    ]  # fmt: skip
    reminded = any(one["row"].kind == MailingKind.REMINDER for one in rows)
    lists = AddressList.objects.filter(erased_at=None).order_by("name", "pk")
    return {
        "letters": rows,
        "address_lists": list(lists),
        "reminds": not reminded and bool(invitations(survey)),
    }
