"""A notice to many, in processes that get killed: ``python send_and_die.py seed N PORT`` prepares
it, ``run`` sends until it is over, ``tell`` prints how it stands as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from shangdun.kernel.clock import SystemClock
from shangdun.records import boot

home = boot.start()
boot.migrate(home)

from shangdun.actions.affected.lists import About, do_add_affected  # noqa: E402  needs boot.start
from shangdun.actions.affected.progress import add_rows  # noqa: E402
from shangdun.actions.create_user import do_create_user  # noqa: E402
from shangdun.actions.notices.approve import (  # noqa: E402
    do_approve_notice,
    do_approve_notice_legally,
)
from shangdun.actions.notices.send import do_start_notice  # noqa: E402
from shangdun.actions.notices.settings import Sending, do_set_letters  # noqa: E402
from shangdun.actions.notices.write import Draft, do_write_notice  # noqa: E402
from shangdun.actions.report_incident import do_report_incident  # noqa: E402
from shangdun.notify.letters.template import Text  # noqa: E402
from shangdun.records.actor import SETUP, local_administrator  # noqa: E402
from shangdun.records.ledger_rows import entries  # noqa: E402
from shangdun.records.models import AffectedList, Letter, ListState, Notice  # noqa: E402
from shangdun.records.notices import tally  # noqa: E402
from shangdun.records.roles import Role  # noqa: E402
from shangdun.respond.affected.identity import Identity, Kind  # noqa: E402
from shangdun.respond.report import Report  # noqa: E402
from shangdun.runtime.response.letters import LetterSender  # noqa: E402

RATE = 100_000


def seed(count: int, port: int) -> None:
    boss = local_administrator()
    people = {
        role: do_create_user(SETUP, username=role.value, roles=[role]).user
        for role in (Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LEADERSHIP)
    }
    do_set_letters(
        boss,
        Sending(
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            sender="service@shop.example",
            allowed_networks=("127.0.0.0/8",),
            per_minute=RATE,
            batch_size=200,
        ),
    )
    incident = do_report_incident(boss, Report(title="Customers' data", type="data_breach"))
    first = Identity(email=address(0), name="张三")
    row = do_add_affected(
        boss, incident_id=incident.pk, about=About("seed"), subjects=[(Kind.PERSON, first)]
    )
    AffectedList.objects.filter(pk=row.pk).update(state=ListState.READING)
    for start in range(1, count, 2000):
        some = [
            (Kind.PERSON, Identity(email=address(number), name=f"客户{number}"))
            for number in range(start, min(start + 2000, count))
        ]
        figures: dict[str, Any] = {"problems": [], "refused": 0, "done_bytes": 0}
        add_rows(row, some, rows=len(some), now=SystemClock().now(), **figures)
    texts = {"zh": Text("重要通知", "尊敬的{name}：\n\n请尽快修改密码。")}
    notice = do_write_notice(
        people[Role.CUSTOMER_SERVICE],
        Draft(title="notice", channel="email", texts=texts, per_minute=RATE),
        incident_id=incident.pk,
    )
    place = {"number": incident.number, "notice_number": notice.number}
    do_approve_notice_legally(people[Role.LEGAL], **place)
    do_approve_notice(people[Role.LEADERSHIP], **place)
    do_start_notice(people[Role.CUSTOMER_SERVICE], **place)


def address(number: int) -> str:
    return f"customer{number}@mail.example"


def run() -> None:
    sender = LetterSender(home, threading.Event())
    while Notice.objects.get().state == "sending":
        sender.turn()


def tell() -> None:
    list(entries())
    notice = Notice.objects.get()
    times = os.times()
    print(
        json.dumps(
            {
                "state": notice.state,
                "problem": notice.problem,
                "due": notice.due,
                "letters": Letter.objects.count(),
                "tally": tally(notice),
                "cpu": times.user + times.system,
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "seed":
        seed(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "run":
        run()
    else:
        tell()
