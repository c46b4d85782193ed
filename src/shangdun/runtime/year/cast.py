"""Who works at the shop of the played year: eleven people on the plan's seats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shangdun.actions.create_user import do_create_user, do_reset_password
from shangdun.actions.organisation.posts import do_seat_people
from shangdun.kernel.clock import Clock
from shangdun.records.actor import SETUP
from shangdun.records.models import Post, User
from shangdun.records.roles import Role


class Part(NamedTuple):
    """A person of the play: what the habits call her, and what she may do."""

    name: str
    username: str
    family: str
    given: str
    roles: tuple[Role, ...]


CAST = (
    Part("cio", "zhao.min", "赵", "敏", (Role.LEADERSHIP,)),
    Part("lead", "lin.yue", "林", "悦", (Role.LEADERSHIP, Role.TECHNICAL_SUPPORT)),
    Part("deputy", "gao.feng", "高", "峰", (Role.LEADERSHIP,)),
    Part("engineer", "chen.wei", "陈", "伟", (Role.TECHNICAL_SUPPORT,)),
    Part("operator", "ma.li", "马", "丽", (Role.TECHNICAL_SUPPORT,)),
    Part("service", "liu.yang", "刘", "洋", (Role.CUSTOMER_SERVICE,)),
    Part("counsel", "sun.li", "孙", "莉", (Role.LEGAL,)),
    Part("buyer", "wu.gang", "吴", "刚", (Role.LOGISTICS,)),
    Part("administrator", "he.xin", "何", "欣", (Role.ADMINISTRATOR,)),
    Part("auditor", "he.jing", "何", "静", (Role.AUDITOR,)),
    Part("employee", "qian.fang", "钱", "芳", (Role.EMPLOYEE,)),
)
SEATED = {
    "leadership": ("cio", "lead", "deputy"),
    "technical_support": ("engineer", "operator"),
    "customer_service": ("service",),
    "legal": ("counsel",),
    "logistics": ("buyer",),
}


def hire(clock: Clock) -> dict[str, User]:
    """Everybody, with the seats of the emergency plan filled; who is there already stays."""
    people = {part.name: _hired(part, clock) for part in CAST}
    for group, names in SEATED.items():
        for place, post in enumerate(Post.objects.filter(group=group).order_by("place")):
            first = names[place % len(names)]
            deputies = [people[name].pk for name in names if name != first]
            do_seat_people(
                SETUP, post_id=post.pk, primary=people[first].pk, deputies=deputies, clock=clock
            )
    return people


def issue_passwords(people: Mapping[str, User]) -> dict[str, str]:
    """A one-time password for each, by user name: to be changed at the first sign-in."""
    return {
        user.username: do_reset_password(SETUP, user_id=user.pk).password
        for user in people.values()
    }


def _hired(part: Part, clock: Clock) -> User:
    known = User.objects.filter(username=part.username).first()
    if known is not None:
        return known
    user = do_create_user(SETUP, username=part.username, roles=part.roles, clock=clock).user
    user.last_name, user.first_name = part.family, part.given
    user.save(update_fields=["last_name", "first_name"])
    return user
