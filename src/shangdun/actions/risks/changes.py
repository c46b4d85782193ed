"""What every change of the register does: find, check the version, check the texts, save."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shangdun.assess.method.review import next_review
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import Risk, RiskMeasure, User
from shangdun.records.risks import current_matrix, get_risk
from shangdun.records.stored_text import clean_text

LONGEST_TITLE = 200
LONGEST_TEXT = 10_000
MOST_MONEY = Decimal("9999999999999.99")


def open_risk(actor: Actor, number: int, version: int | None, mine: dict[str, Any]) -> Risk:
    """The risk, unless it changed since ``version`` or is archived."""
    risk = get_risk(actor, number)
    if risk.archived_at:
        raise UsageError(
            "the risk is archived", code="risk.archived", where=str(risk), fix="add it anew"
        )
    if version is not None and version != risk.version:
        raise EditConflict(
            "somebody changed this risk meanwhile",
            where=f"R-{number}",
            mine={"version": version, **mine},
            theirs={"version": risk.version, **{name: getattr(risk, name) for name in mine}},
        )
    return risk


def save(row: Risk | RiskMeasure, *fields: str) -> None:
    """Write the fields and count the version up."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def titled(text: str) -> str:
    """A title as it is kept; raises ``UsageError`` (``risk.title``, ``risk.long``)."""
    text = clean_text(" ".join(text.split()))
    if not text:
        raise UsageError("it needs a title", code="risk.title", fix="say it in a line")
    if len(text) > LONGEST_TITLE:
        raise UsageError("the title is too long", code="risk.long", fix="at most 200 characters")
    return text


def worded(text: str) -> str:
    """A longer text as it is kept."""
    text = clean_text(text.strip())
    if len(text) > LONGEST_TEXT:
        raise UsageError("the text is too long", code="risk.long", fix="at most 10,000 characters")
    return text


def reasoned(text: str) -> str:
    """A text that must be there; raises ``UsageError`` (``risk.reason``)."""
    text = worded(text)
    if not text:
        raise UsageError("say why", code="risk.reason", fix="a sentence is enough")
    return text


def owner_of(user_id: int | None) -> int | None:
    """The id of somebody active; raises ``UsageError`` (``risk.owner``)."""
    if user_id is not None and not User.objects.filter(pk=user_id, is_active=True).exists():
        raise UsageError("nobody active has this number", code="risk.owner", fix="choose somebody")
    return user_id


def money(amount: Decimal | None) -> Decimal | None:
    """An amount as it is kept: to the cent; raises ``UsageError`` (``risk.money``)."""
    if amount is None:
        return None
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        raise UsageError("no such amount", code="risk.money", fix="0 or more")
    return amount.quantize(Decimal("0.01"))


def today_at(now: datetime) -> date:
    """The day in the company's time zone."""
    return now.astimezone(console_zone()).date()


def review_after(now: datetime, level: int | None) -> date | None:
    """When a risk of that level is looked at again, by the matrix that holds."""
    days = current_matrix().review_days
    return next_review(today_at(now), level, tuple(days)) if level else None
