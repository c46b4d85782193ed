"""A survey's invitations, in processes that get killed: ``python mail_and_die.py seed N PORT``
prepares them, ``run`` sends until it is over, ``tell`` prints how it stands as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import timedelta

from shangdun.kernel.clock import SystemClock
from shangdun.records import boot

home = boot.start()
boot.migrate(home)

from shangdun.actions.mailings.lists import (  # noqa: E402  needs boot.start
    NewList,
    do_add_recipients,
    do_make_address_list,
)
from shangdun.actions.mailings.send import do_start_mailing  # noqa: E402
from shangdun.actions.mailings.survey import do_invite_by_letter  # noqa: E402
from shangdun.actions.notices.settings import Sending, do_set_letters  # noqa: E402
from shangdun.actions.surveys.drafts import (  # noqa: E402
    SurveyTexts,
    do_change_survey,
    do_prepare_survey,
)
from shangdun.actions.surveys.opening import do_open_survey  # noqa: E402
from shangdun.records.actor import SETUP  # noqa: E402
from shangdun.records.ledger_rows import entries  # noqa: E402
from shangdun.records.mailings import mailing_tally  # noqa: E402
from shangdun.records.models import Mailing, MailingLetter, SurveyInvitation  # noqa: E402
from shangdun.respond.affected.identity import Identity  # noqa: E402
from shangdun.runtime.response.letters import LetterSender  # noqa: E402

RATE = 100_000


def seed(count: int, port: int) -> None:
    do_set_letters(
        SETUP,
        Sending(
            smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", per_minute=RATE,
            batch_size=100, sender="service@shop.example", allowed_networks=("127.0.0.0/8",),
            public_address="https://notice.shop.example",
        ),
    )  # fmt: skip
    wanted = NewList(
        name="users", audience="users", purpose_zh="您同意接收。", purpose_en="You agreed.",
        origin="newsletter",
    )  # fmt: skip
    row = do_make_address_list(SETUP, wanted)
    people = [Identity(email=f"c{number}@mail.example") for number in range(count)]
    do_add_recipients(SETUP, people, list_id=row.pk)
    survey = do_prepare_survey(SETUP, template="satisfaction")
    named = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
    kept = {name: getattr(survey, name) for name in named}
    last = SystemClock().now().date() + timedelta(days=9)
    do_change_survey(SETUP, SurveyTexts(**kept, closes_on=last), number=survey.number)
    do_open_survey(SETUP, number=survey.number)
    mailing = do_invite_by_letter(SETUP, [row.pk], number=survey.number)
    do_start_mailing(SETUP, mailing_id=mailing.pk)


def run() -> None:
    sender = LetterSender(home, threading.Event())
    while Mailing.objects.get().state == "sending":
        sender.turn()


def tell() -> None:
    list(entries())
    mailing = Mailing.objects.get()
    told = {
        "state": mailing.state,
        "letters": MailingLetter.objects.count(),
        "invitations": SurveyInvitation.objects.count(),
        "tally": mailing_tally(mailing),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1] == "seed":
        seed(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "run":
        run()
    else:
        tell()
