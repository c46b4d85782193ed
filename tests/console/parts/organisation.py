"""The organisation: chart, posts, people, rotas, calendars."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from tests.console.who import ADMIN, ALL, AUDITOR, GROUPS, LEADERSHIP, STAFF

from shangdun.actions.organisation.calendars import do_issue_calendar
from shangdun.actions.organisation.posts import do_seat_people
from shangdun.actions.organisation.reaching import do_add_absence, do_keep_contacts
from shangdun.actions.organisation.rotas import do_add_cover, do_set_rota
from shangdun.records.models import CalendarKey, PersonAbsence, Post, RotaCover, User
from shangdun.records.models.organisation import ContactKind
from shangdun.records.organisation import Contact
from shangdun.respond.groups import Group
from shangdun.respond.organisation.rota import Rota

ORDER = 20
MANAGES = {LEADERSHIP, ADMIN}
EXPECTED = {
    "organisation": ("get", STAFF),
    "organisation_asking": ("post", MANAGES),
    "organisation_post_add": ("get", MANAGES),
    "organisation_post": ("get", MANAGES),
    "organisation_post_remove": ("post", MANAGES),
    "organisation_member": ("get", STAFF),
    "organisation_contacts": ("post", MANAGES),
    "organisation_absence_add": ("post", MANAGES),
    "organisation_absence_remove": ("post", MANAGES),
    "organisation_rota": ("get", STAFF),
    "organisation_rota_set": ("post", MANAGES),
    "organisation_rota_remove": ("post", MANAGES),
    "organisation_cover_add": ("post", GROUPS | {ADMIN}),
    "organisation_cover_remove": ("post", MANAGES),
    "organisation_calendar": ("get", STAFF),
    "organisation_calendar_issue": ("post", STAFF),
    "organisation_calendar_revoke": ("post", STAFF),
    "calendar_by_token": ("get", set()),  # a session opens none, its address does
}
assert AUDITOR in STAFF < ALL


def arguments() -> dict[str, dict[str, Any]]:
    rota = {"group": "technical_support"}
    person = {"person_id": User.objects.get(username="everybody").pk}
    post = {"post_id": Post.objects.get(key="purchaser").pk}
    absence = PersonAbsence.objects.filter(person=person["person_id"]).latest("pk")
    filled: dict[str, dict[str, Any]] = {"calendar_by_token": {"token": "x" * 43}}
    for name in EXPECTED:
        if name.startswith("organisation_post") and name != "organisation_post_add":
            filled[name] = post
        if name.startswith(("organisation_rota", "organisation_cover", "organisation_calendar")):
            filled[name] = rota
        if name.startswith(
            ("organisation_member", "organisation_contacts", "organisation_absence")
        ):
            filled[name] = person
    filled["organisation_absence_remove"] = {**person, "absence_id": absence.pk}
    filled["organisation_cover_remove"] = {**rota, "cover_id": RotaCover.objects.latest("pk").pk}
    key = CalendarKey.objects.latest("pk").pk
    filled["organisation_calendar_revoke"] = {**rota, "key_id": key}
    return filled


def paths() -> dict[str, str]:
    person = User.objects.get(username="everybody").pk
    return {
        "organisation": "/organisation/",
        "post": f"/organisation/posts/{Post.objects.get(key='it-manager').pk}/",
        "member": f"/organisation/people/{person}/",
        "rota": "/organisation/rota/technical_support/",
        "no rota": "/organisation/rota/legal/",
    }


SCREENS = {
    "organisation": "/organisation/",
    "rota": "/organisation/rota/technical_support/",
    "member": "/organisation/people/1/",
    "post": "/organisation/posts/7/",
    "post-add": "/organisation/posts/add/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """Most posts are held, one is vacant, one has no deputy; a rota with a swap and a gap."""
    del home
    boss, everybody = users["leadership"], users["everybody"]
    held = {
        "cio": ("leadership", ["everybody"]),
        "security-head": ("everybody", []),
        "it-manager": ("technical_support", ["everybody"]),
        "security-engineer": ("technical_support", []),
        "service-manager": ("customer_service", ["everybody"]),
        "legal-manager": ("legal", ["everybody"]),
        "logistics-head": ("logistics", []),
        "marketing-head": ("employee", []),
    }
    for key, (primary, deputies) in held.items():
        do_seat_people(
            boss,
            post_id=Post.objects.get(key=key).pk,
            primary=users[primary].pk,
            deputies=[users[name].pk for name in deputies],
        )
    for number, name in enumerate(("leadership", "technical_support", "everybody")):
        do_keep_contacts(
            boss,
            person_id=users[name].pk,
            contacts=[
                Contact(ContactKind.MOBILE, f"+86 138 0013 800{number}"),
                Contact(ContactKind.WECOM, f"{name}@corp"),
            ],
        )
    technical = users["technical_support"].pk
    rota = Rota(
        people=(technical, everybody.pk),
        starts=(now - timedelta(days=10)).date(),
        hand_over=time(9),
        zone="Asia/Shanghai",
        days=7,
    )
    do_set_rota(boss, rota, group=Group.TECHNICAL_SUPPORT)
    noon = now.replace(hour=4, minute=0, second=0, microsecond=0)
    do_add_absence(
        boss,
        person_id=everybody.pk,
        since=noon + timedelta(days=12),
        until=noon + timedelta(days=14),
        note="年假",
    )
    do_add_cover(
        boss,
        group=Group.TECHNICAL_SUPPORT,
        person_id=everybody.pk,
        since=noon + timedelta(days=1),
        until=noon + timedelta(days=2),
        note="换班",
    )
    do_issue_calendar(everybody, group=Group.TECHNICAL_SUPPORT)
