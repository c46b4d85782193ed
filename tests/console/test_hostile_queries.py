"""What a person puts into an address by hand is answered, never with an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from shangdun.actions.evidence.collect import add_evidence
from shangdun.records.actor import SETUP
from shangdun.records.models import User

from .parts import customers

ODD_NUMBERS = ["\u00b2", "\u2460", "\u0663", "-1", "1e9", "9" * 30, "\0", "\u202e1"]


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=ascii)
@pytest.mark.parametrize(
    "address",
    ["/ledger/?before=", "/incidents/?show=all&q=", "/incidents/?show=all&q=%23", "/rules/?page="],
)
def test_a_number_that_is_none_is_answered(
    people: dict[str, User], client_of: Callable[[User], Client], address: str, number: str
) -> None:
    client = client_of(people["auditor"])
    assert client.get(address + number).status_code == 200


FORMS = (("notices/1/do/pause/", "version"), ("evidence/export/", "item"),
         ("evidence/1/hand-over/", "to"))  # fmt: skip


def test_a_form_with_a_number_that_is_none_is_answered(
    people: dict[str, User], client_of: Callable[[User], Client], console: Path
) -> None:
    now = datetime.now(UTC)
    customers.seed(people, console, now)
    incident = customers.incident()
    add_evidence(
        incident, SETUP, name="a.log", content=b"one", kind="file", source="upload", at=now
    )
    client = client_of(people["everybody"])
    for number in ("9" * 5000, "9" * 19, "\u00b2", "\0"):
        for address, field in FORMS:
            sent = {field: number, "purpose": "x", "reason": "x"}
            answer = client.post(f"/incidents/{incident.number}/{address}", sent)
            assert answer.status_code in {302, 400, 404, 422}, (address, number[:20])
    for quarter in ("\u00b2Q1", "9999999Q4", "0000Q1"):
        assert client.get("/figures/", {"quarter": quarter}).status_code == 200
