"""Posts, contacts, absences, rotas, calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.organisation.posts import PostText
from shangdun.records.models import Post
from shangdun.records.models.organisation import ContactKind
from shangdun.records.organisation import Contact
from shangdun.records.roles import Role
from shangdun.respond.groups import Group
from shangdun.respond.organisation.rota import Rota
from shangdun.respond.organisation.seats import Rank

Given = tuple[tuple[Any, ...], dict[str, Any]]
TEXT = PostText(group=Group.LEGAL, rank=Rank.MEMBER, name_zh="数据保护官", name_en="DPO")
GROUP = {"group": Group.TECHNICAL_SUPPORT}


def span() -> dict[str, datetime]:
    tonight = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    return {"since": tonight, "until": tonight + timedelta(hours=8)}


def _seat(world: Any) -> Given:
    post = Post.objects.get(key="it-manager")
    return (), {"post_id": post.pk, "primary": world.boss.pk, "deputies": [world.other.pk]}


def _add(world: Any) -> Given:
    del world
    return (TEXT,), {}


def _change(world: Any) -> Given:
    del world
    return (TEXT,), {"post_id": Post.objects.get(key="counsel").pk}


def _remove(world: Any) -> Given:
    del world
    return (), {"post_id": Post.objects.get(key="purchaser").pk}


def _contacts(world: Any) -> Given:
    kept = [Contact(ContactKind.MOBILE, "+86 138 0000 0000")]
    return (), {"person_id": world.boss.pk, "contacts": kept}


def _absence(world: Any) -> Given:
    return (), {"person_id": world.boss.pk, **span()}


def _no_absence(world: Any) -> Given:
    row = ACTIONS["add_absence"](world.boss, person_id=world.boss.pk, **span())
    return (), {"absence_id": row.pk}


def _rota(world: Any) -> Given:
    rota = Rota(
        people=(world.other.pk,), starts=date(2026, 1, 5), hand_over=time(9), zone="Asia/Shanghai"
    )
    return (rota,), GROUP


def _no_rota(world: Any) -> Given:
    ACTIONS["set_rota"](world.boss, *_rota(world)[0], **GROUP)
    return (), GROUP


def _cover(world: Any) -> Given:
    _no_rota(world)
    return (), {**GROUP, "person_id": world.other.pk, **span()}


def _no_cover(world: Any) -> Given:
    given = _cover(world)[1]
    return (), {"cover_id": ACTIONS["add_cover"](world.boss, **given).pk}


def _calendar(world: Any) -> Given:
    del world
    return (), GROUP


def _revoke(world: Any) -> Given:
    key, _token = ACTIONS["issue_calendar"](world.boss, **GROUP)
    return (), {"key_id": key.pk}


CASES = {
    "seat_people": _seat,
    "add_post": _add,
    "change_post": _change,
    "remove_post": _remove,
    "keep_contacts": _contacts,
    "add_absence": _absence,
    "remove_absence": _no_absence,
    "set_rota": _rota,
    "remove_rota": _no_rota,
    "add_cover": _cover,
    "remove_cover": _no_cover,
    "issue_calendar": _calendar,
    "revoke_calendar": _revoke,
}
MANAGERS = {Role.LEADERSHIP, Role.ADMINISTRATOR}
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
MAY = {
    **dict.fromkeys(CASES, MANAGERS),
    **dict.fromkeys(
        ("issue_calendar", "revoke_calendar"), GROUPS | {Role.ADMINISTRATOR, Role.AUDITOR}
    ),
}
