"""Which column of a list holds what, guessed from its heading and what stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from shangdun.respond.affected.identity import (
    Identity,
    Kind,
    clean,
    email_of,
    kind_of,
    language_of,
    phone_of,
)

FOUND_BROKEN = "\ufffd"
_SIGNS = re.compile(r"[\s_\-./()（）:：*]+")


class Field(StrEnum):
    """What a column may hold."""

    EMAIL = "email"
    PHONE = "phone"
    ACCOUNT = "account"
    ORDER = "order"
    NAME = "name"
    LANGUAGE = "language"
    ASSET = "asset"


_HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.EMAIL: ("email", "emailaddress", "mail", "邮箱", "电子邮件", "电子邮箱", "邮件地址"),
    Field.PHONE: (
        "phone", "mobile", "tel", "telephone", "cellphone", "phonenumber", "msisdn",
        "手机", "手机号", "手机号码", "电话", "联系电话", "电话号码",
    ),
    Field.ACCOUNT: (
        "account", "accountid", "user", "userid", "username", "customer", "customerid", "uid",
        "memberid", "login", "账号", "帐号", "账户", "用户", "用户id", "用户名", "会员", "会员号",
        "客户号", "客户编号", "会员编号", "用户编号",
    ),
    Field.ORDER: (
        "order", "orderid", "orderno", "ordernumber", "ordersn", "订单", "订单号", "订单编号",
    ),
    Field.NAME: (
        "name", "fullname", "customername", "realname", "recipient",
        "姓名", "客户姓名", "收货人", "名字", "真实姓名", "称呼",
    ),
    Field.LANGUAGE: ("language", "lang", "locale", "语言"),
    Field.ASSET: ("asset", "host", "hostname", "server", "service", "主机", "服务器", "资产"),
}  # fmt: skip
_BY_HEADING = {word: field for field, words in _HEADINGS.items() for word in words}


class Layout(dict[str, int]):
    """Field → column, from 0; and whether the first row is a heading."""

    heading: bool = True


def guess(sample: Sequence[Sequence[str]]) -> Layout:
    """From the first rows of a list; what cannot be told is left out."""
    layout = Layout()
    if not sample:
        return layout
    first, *below = sample
    for column, cell in enumerate(first):
        field = _BY_HEADING.get(_SIGNS.sub("", clean(cell)).casefold())
        if field and field not in layout:
            layout[field] = column
    layout.heading = bool(layout) or not any(_told(cell) for cell in first)
    rows = below if layout.heading else sample
    for field, tells in ((Field.EMAIL, email_of), (Field.PHONE, phone_of)):
        if field in layout:
            continue
        for column in range(max(map(len, rows), default=0)):
            cells = [row[column] for row in rows if column < len(row) and row[column].strip()]
            if (
                column not in layout.values()
                and cells
                and sum(map(bool, map(tells, cells))) * 2 > len(cells)
            ):
                layout[field] = column
                break
    return layout


def _told(cell: str) -> bool:
    return bool(email_of(cell) or phone_of(cell))


def subjects_of(
    cells: Sequence[str], columns: Mapping[str, int]
) -> tuple[list[tuple[Kind, Identity]], list[tuple[str, str]]]:
    """Whom a row names, and what is wrong with it as (field, code).

    A row with an order and a customer names two. Codes: ``email``, ``phone`` (not one), ``broken``
    (undecodable characters), ``nobody`` (no column that says who, such as merged or empty cells).
    """
    given = {
        field: clean(cells[column])
        for field, column in columns.items()
        if 0 <= column < len(cells) and cells[column].strip()
    }
    wrong = [(field, "broken") for field, text in given.items() if FOUND_BROKEN in text]
    for field, _ in wrong:
        given.pop(field)
    for field, normal in ((Field.EMAIL, email_of), (Field.PHONE, phone_of)):
        if field in given and not normal(given[field]):
            wrong.append((field, field.value))
            given.pop(field)
    found = list(_subjects(given))
    if not found:
        wrong.append(("", "nobody"))
    return found, wrong


def _subjects(given: Mapping[str, str]) -> Iterator[tuple[Kind, Identity]]:
    person = Identity(
        reference=given.get(Field.ACCOUNT, ""),
        name=given.get(Field.NAME, ""),
        email=email_of(given.get(Field.EMAIL, "")),
        phone=phone_of(given.get(Field.PHONE, "")),
        language=language_of(given.get(Field.LANGUAGE, "")),
        order=given.get(Field.ORDER, ""),
    )
    if person.reference or person.email or person.phone:
        yield kind_of(person), person
    if person.order:
        yield Kind.ORDER, Identity(reference=person.order, name=person.name)
    if given.get(Field.ASSET):
        yield Kind.ASSET, Identity(reference=given[Field.ASSET], name=person.name)
