"""A courier in a process of its own: ``python carry_and_die.py queue URL N``, or ``carry``.

``queue`` makes the records, a channel and N messages; ``carry`` carries them out until it is killed
or told to end by its input's end.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime

from shangdun.records import boot

boot.migrate(boot.start())

from shangdun.actions.messages.channels import ChannelForm, do_add_channel  # noqa: E402  needs boot
from shangdun.actions.messages.queue import Notice, queue_message  # noqa: E402
from shangdun.records.actor import SETUP  # noqa: E402
from shangdun.respond.groups import Group  # noqa: E402
from shangdun.runtime.response.courier import Courier  # noqa: E402


def queue(url: str, number: int) -> None:
    for name in ("a", "b"):
        do_add_channel(SETUP, ChannelForm(name, f"{url}{name}"))
    for one in range(number):
        notice = Notice("test", None, (Group.LEGAL,), key=f"{one}", data={"channel": f"n{one}n"})
        queue_message(notice, datetime.now(UTC))


def carry() -> None:
    stop = threading.Event()
    courier = Courier(stop, postmen=2)
    courier.start()
    sys.stdin.read()
    stop.set()
    courier.join()


if __name__ == "__main__":
    if sys.argv[1] == "queue":
        queue(sys.argv[2], int(sys.argv[3]))
    else:
        carry()
