"""Prepared letters, safe places in them, and what comes back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import ConfigError, UsageError
from shangdun.notify.letters.delivery import Outcome, code_of, receipt_of
from shangdun.notify.letters.dsn import Returned, returned_in
from shangdun.notify.letters.gateway import _judged
from shangdun.notify.letters.places import place_of
from shangdun.notify.letters.template import Text, check, gaps, personal, prepared, words, written
from shangdun.respond.facts import DataKind

TYPES = ("data_breach", "network_attack", "system_failure", "insider_threat")
KEY = "0123456789abcdef0123456789abcdef"
VALUES = dict.fromkeys(("company", "noticed_on", "today", "data_kinds", "support", "contact"), "X")
DSN = f"""\
From: MAILER-DAEMON@mail.example
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
{{envelope}}
Final-Recipient: rfc822; gone@mail.example
Action: {{action}}
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <{KEY}@shop.example>
Subject: x

--b--
"""


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_prepared_letter_can_be_sent_once_its_gaps_are_filled(
    kind: str, language: str
) -> None:
    text = written(prepared(kind).text(language), VALUES)
    check(text, language)
    assert "{" not in text.body.replace("{name}", "")
    assert gaps(text)


@pytest.mark.parametrize("kind", ["data_breach", "insider_threat"])
def test_a_breach_says_everything_that_the_law_asks(kind: str) -> None:
    """PIPL Art. 57: kinds, cause, possible harm; measures and advice; contact."""
    letter = prepared(kind)
    for place in ("{data_kinds}", "{contact}", "{company}"):
        assert place in letter.body["zh"]
        assert place in letter.body["en"]
    for part in ("事件原因", "可能造成的危害", "补救措施", "建议您采取的措施", "联系方式"):
        assert part in letter.body["zh"]
    for part in ("caused it", "could happen", "have done", "advise you", "contact"):
        assert part in letter.body["en"]
    assert set(words()["data_kinds"]) == {one.value for one in DataKind}


@pytest.mark.parametrize(
    "body", ["{name.__class__}", "{0}", "{name!r}", "{phone}", "{}", "line\n{unknown} here"]
)
def test_a_place_that_is_not_known_is_an_error_with_its_line(body: str) -> None:
    with pytest.raises(UsageError) as refused:
        check(Text("s", body), "zh")
    assert refused.value.code == "notice.place"
    assert "line" in refused.value.where


@given(st.text(max_size=80))
def test_no_name_can_break_out_of_its_place(name: str) -> None:
    text = personal(Text("给{name}", "尊敬的{name}："), name=name, language="zh")
    assert "\n" not in text.subject
    assert "\r" not in text.subject
    assert len(text.subject) <= 61


def test_without_a_name_somebody_is_a_customer() -> None:
    assert personal(Text("s", "尊敬的{name}："), name="", language="zh").body == "尊敬的客户："
    assert personal(Text("s", "Dear {name},"), name="", language="en").body == "Dear customer,"


def test_a_notification_is_matched_by_the_letters_own_number() -> None:
    for envelope in ("", f"Original-Envelope-Id: {KEY}"):
        (one,) = returned_in(DSN.format(envelope=envelope + "\n", action="failed").encode())
        assert one == Returned(KEY, "gone@mail.example", failed=True, status="5.1.1")
    (late,) = returned_in(DSN.format(envelope="\n", action="delayed").encode())
    assert not late.failed


def test_a_mailbox_and_a_list_tell_the_same() -> None:
    one = DSN.format(envelope="\n", action="failed")
    box = "".join(f"From MAILER-DAEMON Mon Jan  1 00:00:00 2026\n{one}\n" for _ in range(3))
    assert [found.key for found in returned_in(box.encode())] == [KEY] * 3
    listed = b"address,status\ngone@mail.example,5.1.1\nfine@mail.example,2.0.0\n"
    assert [(one.address, one.failed) for one in returned_in(listed)] == [
        ("gone@mail.example", True), ("fine@mail.example", False),
    ]  # fmt: skip


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reading_of_returned_mail(content: bytes) -> None:
    list(returned_in(content))
    list(returned_in(b"Content-Type: message/delivery-status\n\n" + content))


def test_what_servers_say_is_kept_without_the_recipient() -> None:
    said = b"2.0.0 <li@mail.example> Ok: queued as 4XyZ12"
    assert (code_of(250, said), receipt_of(said)) == ("250 2.0.0", "4XyZ12")
    assert receipt_of(b"OK id=li@mail.example") == ""


def test_answers_of_a_gateway_have_their_fates() -> None:
    fates = {status: _judged(status, b'{"id": "A-1"}', broken=False) for status in
             (200, 202, 400, 401, 404, 409, 429, 500, 502, 503)}  # fmt: skip
    assert fates[200] == Outcome("sent", "200", "A-1")  # type: ignore[arg-type]  # a StrEnum
    assert {status: str(one.fate) for status, one in fates.items()} == {
        200: "sent", 202: "sent", 400: "bounced", 401: "later", 404: "bounced", 409: "uncertain",
        429: "later", 500: "uncertain", 502: "uncertain", 503: "later",
    }  # fmt: skip


def test_a_thousand_parts_in_each_other_are_no_notification() -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000)
    )
    hostile = f"From x\n{nested}Content-Type: message/delivery-status\n\nStatus: 5.1.1\n".encode()
    began = time.process_time()
    assert list(returned_in(hostile)) == []
    assert time.process_time() - began < 2


@pytest.mark.parametrize("address", ["64:ff9b::a9fe:a9fe", "::a9fe:a9fe", "::ffff:169.254.169.254"])
def test_no_gateway_to_ipv4_leads_to_a_metadata_service(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        place_of(address, 80, ("64:ff9b::/96", "::/0", "0.0.0.0/0"))
    assert refused.value.code == "letters.place"
