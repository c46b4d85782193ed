"""Lists of recipients and letters to them: pages by role, one of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import LEADERSHIP, SERVICE, STAFF

from shangdun.actions.mailings.lists import NewList, do_add_recipients, do_make_address_list
from shangdun.actions.mailings.survey import do_invite_by_letter
from shangdun.kernel.clock import FixedClock
from shangdun.records.affected import email_mark
from shangdun.records.models import AddressList, Mailing, MailingLetter, Survey, User
from shangdun.respond.affected.identity import Identity

ORDER = 90
KEEPS = {LEADERSHIP, SERVICE}
EXPECTED = {
    "address_lists": ("get", STAFF),
    "address_off": ("post", KEEPS),
    "address_list": ("get", STAFF),
    "address_list_fill": ("post", KEEPS),
    "address_list_erase": ("post", KEEPS),
    "mailing": ("get", STAFF),
    "mailing_progress": ("get", STAFF),
    "mailing_edit": ("post", KEEPS),
    "mailing_test": ("post", KEEPS),
    "mailing_bounces": ("post", KEEPS),
    "mailing_step": ("post", KEEPS),
    "survey_letter": ("post", KEEPS),
    "survey_letter_remind": ("post", KEEPS),
    "unsubscribe": ("get", set()),  # a link that is not ours opens nothing for anybody
}


def arguments() -> dict[str, dict[str, Any]]:
    list_id = {"list_id": AddressList.objects.earliest("id").pk}
    mailing_id = {"mailing_id": Mailing.objects.earliest("id").pk}
    found = {name: list_id for name in EXPECTED if name.startswith("address_list_")}
    found |= {name: mailing_id for name in EXPECTED if name.startswith("mailing")}
    number = {"number": Survey.objects.filter(state="open").latest("number").number}
    return found | {
        "address_list": list_id,
        "mailing_step": mailing_id | {"verb": "pause"},
        "survey_letter": number,
        "survey_letter_remind": number,
        "unsubscribe": {"token": "0" * 54},
    }


def paths() -> dict[str, str]:
    draft, sending = Mailing.objects.order_by("pk")
    return {
        "lists of recipients": "/communication/recipients/",
        "list of recipients": f"/communication/recipients/{draft.lists.get().pk}/",
        "mailing prepared": f"/mailings/{draft.pk}/",
        "mailing being sent": f"/mailings/{sending.pk}/",
    }


SCREENS = {
    "address-lists": "/communication/recipients/",
    "address-list": "/communication/recipients/1/",
    "mailing-prepared": "/mailings/1/",
    "mailing-sending": "/mailings/2/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    who, clock = users[SERVICE], FixedClock(now)
    wanted = NewList(
        name=f"会员 {HOSTILE[:60]}", audience="users", plan=True, origin=HOSTILE[:200],
        purpose_zh="您在注册时同意接收商城的安全公告与满意度调查。",
        purpose_en="You agreed to our security news and surveys when you joined.",
    )  # fmt: skip
    made = do_make_address_list(who, wanted, clock=clock)
    people = [
        Identity(email=f"member{n}@mail.example", name=f"{HOSTILE[:30]}{n}", language="en")
        for n in range(24)
    ]
    do_add_recipients(who, people, list_id=made.pk, clock=clock)
    survey = Survey.objects.filter(state="open").latest("number")
    base = "https://notice.shop.example"
    draft = do_invite_by_letter(who, [made.pk], number=survey.number, base=base, clock=clock)
    going = Mailing.objects.create(
        uid="f" * 32, kind="invitation", topic="survey:0:invitation", survey=survey, base=base,
        subject_zh=draft.subject_zh, body_zh=draft.body_zh, state="paused", due=24, addressed=True,
        started_at=now - timedelta(minutes=1), prepared_at=now, prepared_by=who,
    )  # fmt: skip
    going.lists.set([made])
    states = ("sent", "sent", "queued", "bounced", "skipped", "uncertain")
    MailingLetter.objects.bulk_create(
        MailingLetter(
            mailing=going, mark=email_mark(one.email), key=f"{n:032x}", language="zh",
            state=states[n % len(states)], due_at=now + timedelta(days=9),
        )
        for n, one in enumerate(people)
    )  # fmt: skip
