"""What a person puts into an address by hand is answered, never with an error of ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from shangdun.records.models import User

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
