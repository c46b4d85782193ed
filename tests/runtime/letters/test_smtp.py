"""Letters as a real mail server takes, puts off and refuses them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest

from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import ConfigError
from shangdun.notify.letters.delivery import Fate, Parcel
from shangdun.notify.letters.smtp import Server, SmtpCarrier
from shangdun.notify.letters.template import Text

from .mail_server import MailServer

CLOCK = FixedClock(datetime(2026, 3, 4, 9, tzinfo=UTC))
TEXT = Text("重要通知：关于您的信息", "尊敬的张三：\n\n.一行以点开头\n\n商盾商城\n")


def parcel(address: str, text: Text = TEXT, key: str = "ab" * 16) -> Parcel:
    return Parcel(key, address, "zh", text)


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    refusals = {
        "gone@mail.example": "550 5.1.1 <gone@mail.example>: no such user",
        "greylisted@mail.example": "450 4.7.1 come back later",
        "full@mail.example": "data:552 5.2.2 mailbox of full@mail.example is full",
        "busy@mail.example": "data:451 4.3.0 try again",
    }
    with MailServer(refuse=refusals) as running:
        running.keep = True
        yield running


def carrier(server: MailServer, **changes: object) -> SmtpCarrier:
    given = {
        "host": "127.0.0.1", "port": server.port, "security": "none",
        "sender": "service@shop.example", "sender_name": "商盾商城", "allowed": ("127.0.0.0/8",),
    }  # fmt: skip
    return SmtpCarrier(Server(**{**given, **changes}), CLOCK, timeout=5.0)


def test_a_letter_arrives_as_it_was_written(server: MailServer) -> None:
    way = carrier(server)
    outcome = way.carry(parcel("zhang@mail.example"))
    way.close()
    assert (outcome.fate, outcome.code) == (Fate.SENT, "250 2.0.0")
    assert outcome.receipt.startswith("Q")
    read = BytesParser(policy=policy.default).parsebytes(server.messages["zhang@mail.example"])
    assert read["Subject"] == TEXT.subject
    assert read["From"].addresses[0].display_name == "商盾商城"
    assert read["Message-ID"] == f"<{'ab' * 16}@shop.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content().replace("\r\n", "\n") == TEXT.body


def test_each_refusal_has_its_fate_and_names_nobody(server: MailServer) -> None:
    way = carrier(server)
    fates = {
        name: way.carry(parcel(f"{name}@mail.example"))
        for name in ("gone", "greylisted", "full", "busy", "fine")
    }
    way.close()
    assert [(name, one.fate, one.code) for name, one in fates.items()] == [
        ("gone", Fate.BOUNCED, "550 5.1.1"),
        ("greylisted", Fate.LATER, "450 4.7.1"),
        ("full", Fate.BOUNCED, "552 5.2.2"),
        ("busy", Fate.LATER, "451 4.3.0"),
        ("fine", Fate.SENT, "250 2.0.0"),
    ]
    assert not any("@" in one.code + one.receipt for one in fates.values())


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nBcc: all@mail.example",
        "no address",
        "张三@mail.example",
        "<a@b.example>",
        "a@b, c@d",
    ],
)
def test_no_address_can_become_a_header_or_a_command(server: MailServer, address: str) -> None:
    way = carrier(server)
    before = server.taken.total()
    outcome = way.carry(parcel(address))
    way.close()
    assert (outcome.fate, outcome.code) == (Fate.BOUNCED, "553 5.1.3")
    assert server.taken.total() == before


def test_a_private_server_must_be_named_and_a_metadata_address_never_is(server: MailServer) -> None:
    with pytest.raises(ConfigError) as refused:
        carrier(server, allowed=())
    assert refused.value.code == "letters.place"
    with pytest.raises(ConfigError) as refused:
        carrier(server, host="169.254.169.254", allowed=("169.254.0.0/16",))
    assert refused.value.code == "letters.place"


def test_a_server_that_goes_away_after_the_text_leaves_the_letter_uncertain() -> None:
    with _DyingServer(after=b".\r\n") as (port, seen):
        way = SmtpCarrier(
            Server("127.0.0.1", port, "none", "a@shop.example", allowed=("127.0.0.0/8",)),
            CLOCK,
            5.0,
        )
        outcome = way.carry(parcel("zhang@mail.example"))
        way.close()
    assert (outcome.fate, outcome.broken) == (Fate.UNCERTAIN, True)
    assert b"To: zhang@mail.example" in b"".join(seen)


def test_a_server_that_goes_away_before_the_text_has_nothing() -> None:
    with _DyingServer(after=b"rcpt") as (port, _):
        way = SmtpCarrier(
            Server("127.0.0.1", port, "none", "a@shop.example", allowed=("127.0.0.0/8",)),
            CLOCK,
            5.0,
        )
        outcome = way.carry(parcel("zhang@mail.example"))
        way.close()
    assert (outcome.fate, outcome.broken) == (Fate.LATER, True)


class _DyingServer:
    """Speaks SMTP until it has read something, then hangs up without a word."""

    def __init__(self, after: bytes) -> None:
        self._after = after
        self._seen: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> tuple[int, list[bytes]]:
        self._thread.start()
        return self._socket.getsockname()[1], self._seen

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 dying\r\n")
            text = False
            for line in lines:
                self._seen.append(line)
                if line.startswith(self._after) or (text and line == self._after):
                    return
                if text:
                    continue
                text = line.upper().startswith(b"DATA")
                connection.sendall(b"354 go on\r\n" if text else b"250 ok\r\n")
