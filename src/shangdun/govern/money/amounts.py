"""Amounts of money as decimals, read as people write them and never rounded in silence."""

from __future__ import annotations

from decimal import Decimal, DecimalException

from shangdun.kernel.errors import UsageError

CURRENCIES = ("CNY", "EUR", "USD", "HKD", "GBP", "JPY")
PLACES: dict[str, int] = {"JPY": 0}
"""Decimal places of the minor unit (ISO 4217); two where nothing else is said."""
MOST = Decimal("999999999999.99")
LONGEST = 40
"""Characters; what is longer is refused, never cut to another amount."""


def amount_of(text: str, currency: str, *, least: Decimal = Decimal(0)) -> Decimal:
    """An amount as people type it: ``12,000``, ``¥1.2万``, ``3000.50``.

    Raises ``UsageError``: ``money.amount`` for what is no amount or out of bounds, ``money.places``
    for more decimals than the currency has, ``money.currency`` for one that is not known.
    """
    if currency not in CURRENCIES:
        raise UsageError("no such currency", code="money.currency", where=currency[:10],
                         fix=", ".join(CURRENCIES))  # fmt: skip
    plain = text.strip().lstrip("¥￥€$£ ").replace(",", "").replace("，", "").replace(" ", "")
    factor = Decimal(1)
    for sign, times in (("万元", 10_000), ("万", 10_000), ("元", 1)):
        if plain.endswith(sign):
            plain, factor = plain.removesuffix(sign), Decimal(times)
            break
    if len(plain) > LONGEST:
        raise _no_amount(text)
    try:
        amount = Decimal(plain) * factor
    except DecimalException as error:
        raise _no_amount(text) from error
    if not amount.is_finite() or not least <= amount <= MOST:
        raise _no_amount(text)
    return in_places(amount, currency)


def in_places(amount: Decimal, currency: str) -> Decimal:
    """The same with the currency's decimals. Raises ``UsageError`` (``money.places``)."""
    unit = Decimal(1).scaleb(-PLACES.get(currency, 2))
    exact = amount.quantize(unit)
    if exact != amount:
        raise UsageError(
            "this currency has no such fraction", code="money.places", where=str(amount)[:40],
            fix=f"at most {PLACES.get(currency, 2)} decimals",
        )  # fmt: skip
    return exact


def _no_amount(text: str) -> UsageError:
    return UsageError("no such amount", code="money.amount", where=text[:40], fix="as 12000.50")
