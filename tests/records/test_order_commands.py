"""``shangdun incident facts``, ``grade`` and ``order`` as a person types them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from shangdun.cli.main import shangdun
from shangdun.kernel.errors import UsageError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _here(home) -> None:
    """A home directory of its own, where the ledger's signatures go."""


def told(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(shangdun, ["incident", *words, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_from_facts_to_the_signed_order() -> None:
    told("report", "Orders leaked", "--type", "data_breach")
    known = told("facts", "1", "--set", "people=1000000", "--set", "ransom=no")
    assert (known["people"], known["ransom"], known["loss"]) == (1_000_000, False, None)
    with pytest.raises(UsageError, match="no value of people"):
        told("facts", "1", "--set", "people=x")
    with pytest.raises(UsageError, match="is no fact"):
        told("facts", "1", "--set", "peple=1")
    assert told("grade", "1")["grade"] == 2
    assert told("grade", "1", "--set", "3", "--reason", "the press")["grade"] == 3
    assert told("grade", "1", "--release", "--reason", "quiet")["grade"] == 2
    with pytest.raises(UsageError, match="instructs no group"):
        told("order", "1", "start", "--to", "lawyers=x")
    order = told("order", "1", "start", "--to", "legal=Watch the clocks.")
    assert order["signed"] is True
    assert len(order["sha256"]) == 64
    with pytest.raises(UsageError, match="need a reason"):
        told("order", "1", "stand-down")
