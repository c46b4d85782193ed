"""Seats of the plan: who holds them and who stands in; seats of the company's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Post, PostDeputy, User
from shangdun.records.organisation import get_post
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group
from shangdun.respond.organisation.seats import Rank

MOST_POSTS = 200
MOST_DEPUTIES = 10
LONGEST_NAME = 100
LONGEST_DUTIES = 2000


class PostText(msgspec.Struct, frozen=True, kw_only=True):
    """What a seat is called and there for; one language is enough."""

    group: Group
    rank: Rank
    name_zh: str = ""
    name_en: str = ""
    duties_zh: str = ""
    duties_en: str = ""


@action(Capability.MANAGE_ORGANISATION)
def do_seat_people(
    actor: Actor,
    *,
    post_id: int,
    primary: int | None,
    deputies: Sequence[int] = (),
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Post]:
    """Put people on a seat: its holder and, in order, who stands in."""
    post = get_post(actor, post_id)
    wanted = [one for one in dict.fromkeys(deputies) if one != primary]
    standing = [one.person_id for one in post.deputies.all()]
    if (post.primary_id, standing) == (primary, wanted):
        return Unchanged(post)
    people = _active([*wanted, *([primary] if primary is not None else [])])
    _check_version(
        post, version, {"primary": _named(people, [primary]), "deputies": _named(people, wanted)}
    )
    if len(wanted) > MOST_DEPUTIES:
        raise UsageError(
            "these are too many deputies", code="post.deputies", fix=f"at most {MOST_DEPUTIES}"
        )
    post.primary_id = primary
    post.version += 1
    post.save(update_fields=["primary", "version"])
    post.deputies.all().delete()
    PostDeputy.objects.bulk_create(
        [PostDeputy(post=post, person_id=one, place=place) for place, one in enumerate(wanted)]
    )
    payload = {"primary": primary or 0, "deputies": wanted}
    return Done(get_post(actor, post.pk), ("post", post.pk), clock.now(), payload)


@action(Capability.MANAGE_ORGANISATION)
def do_add_post(actor: Actor, text: PostText, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[Post]:
    """A seat of the company's own, after those that are there."""
    del actor
    fields = _checked(text)
    if Post.objects.count() >= MOST_POSTS:
        raise UsageError("these are enough posts", code="post.many", fix="remove one first")
    same = Post.objects.filter(**fields, key="").first()
    if same is not None:
        return Unchanged(same)
    last = Post.objects.aggregate(last=Max("place"))["last"]
    post = Post.objects.create(**fields, place=(last or 0) + 1)
    return Done(post, ("post", post.pk), clock.now(), _payload(fields))


@action(Capability.MANAGE_ORGANISATION)
def do_change_post(
    actor: Actor,
    text: PostText,
    *,
    post_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Post]:
    """Another name, rank or duty; the group of a seat stays."""
    post = get_post(actor, post_id)
    fields = _checked(msgspec.structs.replace(text, group=Group(post.group)))
    before = {name: getattr(post, name) for name in fields}
    if before == fields:
        return Unchanged(post)
    _check_version(post, version, fields)
    for name, value in fields.items():
        setattr(post, name, value)
    post.version += 1
    post.save()
    return Done(post, ("post", post.pk), clock.now(), _payload(fields))


@action(Capability.MANAGE_ORGANISATION)
def do_remove_post(actor: Actor, *, post_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Take a seat away, with whoever sits on it."""
    post = get_post(actor, post_id)
    if post.rank == Rank.HEAD.value and post.group == Group.LEADERSHIP.value:
        raise UsageError(
            "somebody must be asked first", code="post.head", fix="change this post instead"
        )
    number, payload = post.pk, {"group": post.group, "name": sealed(str(post))}
    post.delete()
    return Done(None, ("post", number), clock.now(), payload)


def _checked(text: PostText) -> dict[str, Any]:
    zh, en = (
        " ".join(clean_text(one).split())[:LONGEST_NAME] for one in (text.name_zh, text.name_en)
    )
    if not zh and not en:
        raise UsageError(
            "a post needs a name", code="post.name", fix="in Chinese, in English, or both"
        )
    return {
        "group": text.group.value,
        "rank": text.rank.value,
        "name_zh": zh,
        "name_en": en,
        "duties_zh": clean_text(text.duties_zh.strip())[:LONGEST_DUTIES],
        "duties_en": clean_text(text.duties_en.strip())[:LONGEST_DUTIES],
    }


def _payload(fields: dict[str, Any]) -> dict[str, Any]:
    text = "\n".join(str(fields[name]) for name in sorted(fields))
    return {"group": fields["group"], "rank": fields["rank"], "text_sha256": sealed(text)}


def _check_version(post: Post, version: int | None, mine: dict[str, Any]) -> None:
    if version is not None and version != post.version:
        holders = [post.primary] if post.primary else []
        raise EditConflict(
            "somebody changed this post meanwhile",
            where=str(post),
            mine={"version": version, **mine},
            theirs={
                "version": post.version,
                "primary": ", ".join(one.username for one in holders),
                "deputies": ", ".join(one.person.username for one in post.deputies.all()),
                **{
                    name: getattr(post, name)
                    for name in mine
                    if name not in {"primary", "deputies"}
                },
            },
        )


def _active(numbers: Sequence[int]) -> dict[int, User]:
    found = {one.pk: one for one in User.objects.filter(pk__in=numbers, is_active=True)}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise UsageError(
            "this person has no account here, or a switched-off one",
            code="post.person",
            where=str(missing[0]),
            fix="choose somebody else",
        )
    return found


def _named(people: dict[int, User], numbers: Sequence[int | None]) -> str:
    return ", ".join(people[number].username for number in numbers if number is not None)
