"""What pages of notices show: words, progress, previews, what may be done next and by whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.actions.notices.texts import open_gaps, texts_of
from shangdun.console.problems import PROBLEMS
from shangdun.console.wordings import problem_words
from shangdun.notify.letters.template import gaps, personal
from shangdun.records.models import Mailing, Notice, NoticeChannel, NoticeState, User
from shangdun.records.notices import audience, segment_of, tally
from shangdun.records.roles import Capability

PILLS = {
    NoticeState.SENT: "good", NoticeState.STOPPED: "bad", NoticeState.PAUSED: "warn",
    NoticeState.SENDING: "own", NoticeState.APPROVED: "good", NoticeState.LEGAL: "own",
}  # fmt: skip
LIVING = (NoticeState.SENDING, NoticeState.PAUSED, NoticeState.SENT, NoticeState.STOPPED)
SAMPLE_NAMES = {"zh": "王小明", "en": "Alex Morgan"}
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


@dataclass(frozen=True)
class Figure:
    """One number of the progress, with its look."""

    label: Promise
    number: int
    look: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a notice is."""

    total: int
    done: int
    percent: int
    figures: list[Figure]
    minutes_left: int
    problem: str
    uncertain: int
    skipped: int


def progress_of(notice: Notice) -> Progress:
    """How far a notice is."""
    return progress_from(notice, tally(notice))


def progress_from(notice: Notice | Mailing, counted: dict[str, int]) -> Progress:
    """Letters by their state; before all are addressed the number due stands for the rest."""
    addressed = sum(counted.values())
    total = addressed if notice.addressed else max(addressed, notice.due)
    waiting = counted["queued"] + counted["sending"] + (total - addressed)
    done = total - waiting
    code, _sep, where = notice.problem.partition(" ")
    words = problem_words().get(code, PROBLEMS.get(code, code)) if notice.problem else ""
    return Progress(
        total=total,
        done=done,
        percent=math.floor(100 * done / total) if total else 0,
        figures=[
            Figure(_("Taken by the server"), counted["sent"], "good"),
            Figure(_("Waiting"), waiting),
            Figure(_("Bounced"), counted["bounced"], "sev-medium" if counted["bounced"] else ""),
            Figure(_("Given up"), counted["failed"], "sev-medium" if counted["failed"] else ""),
            Figure(
                _("Uncertain"), counted["uncertain"], "sev-high" if counted["uncertain"] else ""
            ),
            Figure(_("Skipped"), counted["skipped"]),
        ],
        minutes_left=math.ceil(waiting / notice.per_minute),
        problem=f"{words} {where}".strip(),
        uncertain=counted["uncertain"],
        skipped=counted["skipped"],
    )


def rehearsal_of(notice: Notice) -> dict[str, Any]:
    """What sending would come to: how many, how many batches, how long."""
    due = audience(notice).count() if notice.channel != NoticeChannel.POSTED else 0
    return {
        "due": due,
        "batches": math.ceil(due / max(1, notice.batch_size)),
        "lasts": timedelta(minutes=math.ceil(due / notice.per_minute)),
        "per_minute": notice.per_minute,
    }


def previews(notice: Notice) -> list[dict[str, Any]]:
    """Each language as a customer would read it."""
    return [
        {
            "language": language,
            "name": LANGUAGE_NAMES[language],
            "text": personal(text, name=SAMPLE_NAMES[language], language=language),
            "gaps": gaps(text),
        }
        for language, text in texts_of(notice).items()
    ]


def notice_context(user: User, notice: Notice) -> dict[str, Any]:
    """The notice's page: where it stands and what this person may do with it."""
    state, own = notice.state, user.pk in notice.editors
    sends = user.can(Capability.PREPARE_NOTICES, Capability.APPROVE_NOTICES)
    legal = user.can(Capability.APPROVE_NOTICES_LEGALLY)
    leads = user.can(Capability.APPROVE_NOTICES)
    same = notice.legal_by_id == user.pk
    posted = notice.channel == NoticeChannel.POSTED
    gaps_left = open_gaps(notice)
    can = {
        "edit": user.can(Capability.PREPARE_NOTICES) and state not in LIVING,
        "legal": legal and state == NoticeState.DRAFT and not own and not gaps_left,
        "approve": leads and state == NoticeState.LEGAL and not own and not same,
        "return": (legal or leads)
        and state in {NoticeState.DRAFT, NoticeState.LEGAL, NoticeState.APPROVED}
        and not own,
        "start": sends and state == NoticeState.APPROVED and not posted,
        "post": sends and state == NoticeState.APPROVED and posted,
        "pause": sends and state == NoticeState.SENDING,
        "resume": sends and state == NoticeState.PAUSED,
        "stop": sends and state in {NoticeState.SENDING, NoticeState.PAUSED},
        "bounces": user.can(Capability.PREPARE_NOTICES) and state in LIVING and not posted,
        "test": user.can(Capability.PREPARE_NOTICES) and not posted,
    }
    return {
        "notice": notice,
        "pill": PILLS.get(NoticeState(state), ""),
        "can": can,
        "own": own and (legal or leads) and state in {NoticeState.DRAFT, NoticeState.LEGAL},
        "gaps": gaps_left,
        "previews": previews(notice),
        "posted": posted,
        "segment": segment_of(notice),
        "begun": state in LIVING and not posted,
        "rehearsal": rehearsal_of(notice)
        if not posted and state not in {NoticeState.SENT, NoticeState.STOPPED}
        else None,
    }


def rows_of(notices: list[Notice]) -> list[dict[str, Any]]:
    """The list of an incident's notices."""
    return [
        {
            "row": notice,
            "pill": PILLS.get(NoticeState(notice.state), ""),
            "progress": progress_of(notice)
            if notice.state in LIVING and notice.channel != NoticeChannel.POSTED
            else None,
        }
        for notice in notices
    ]


def complaint_figures(rows: list[Any]) -> dict[str, int]:
    """Counts of an incident's complaints and questions."""
    now = timezone.now()
    return {
        "all": len(rows),
        "open": sum(row.state == "open" for row in rows),
        "late": sum(row.state == "open" and row.due_at < now for row in rows),
        "affected": sum(row.affected for row in rows),
    }
