"""Who comes: accounts of the shop, addresses, browsers. Addresses are documentation ranges."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

HOME = "CN"

_SURNAMES = (
    ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"),
    ("赵", "zhao"), ("黄", "huang"), ("周", "zhou"), ("吴", "wu"), ("徐", "xu"), ("孙", "sun"),
)  # fmt: skip
_GIVEN = (
    ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("磊", "lei"),
    ("洋", "yang"), ("艳", "yan"), ("勇", "yong"), ("杰", "jie"), ("娟", "juan"), ("涛", "tao"),
    ("明", "ming"), ("超", "chao"), ("霞", "xia"), ("平", "ping"), ("刚", "gang"),
    ("桂英", "guiying"), ("建华", "jianhua"), ("志强", "zhiqiang"),
)  # fmt: skip
_CITIES = (
    ("上海", "浦东新区世纪大道", "200120"),
    ("杭州", "西湖区文三路", "310012"),
    ("成都", "武侯区天府大道", "610041"),
    ("广州", "天河区体育西路", "510620"),
    ("武汉", "洪山区珞喻路", "430074"),
    ("西安", "雁塔区高新路", "710075"),
)

_KHTML = "(KHTML, like Gecko)"
_BLINK, _WEBKIT = f"AppleWebKit/537.36 {_KHTML}", f"AppleWebKit/605.1.15 {_KHTML}"
_WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Chrome/126.0.0.0 Safari/537.36"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
_ANDROID = f"Mozilla/5.0 (Linux; Android 14; 23127PN0CC) {_BLINK} Chrome/124.0.0.0 Mobile"
BROWSERS = (
    _WINDOWS,
    f"{_WINDOWS} Edg/126.0.0.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/17.5 Safari/605.1.15",
    f"{_IPHONE} {_WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1",
    f"{_IPHONE} {_WEBKIT} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) Language/zh_CN",
    f"{_ANDROID} Safari/537.36",
    f"{_ANDROID} MicroMessenger/8.0.48",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
)


class Account(NamedTuple):
    """An account of the shop; the same list seeds the shop, so these passwords open it."""

    uid: int
    email: str
    password: str
    surname: str
    given: str
    city: str
    street: str
    postcode: str
    phone: str
    staff: bool = False


def customer(n: int) -> Account:
    """The n-th customer, from 0. The shop is seeded with `SEEDED`; a real one has many more."""
    surname_zh, surname_en = _SURNAMES[n % len(_SURNAMES)]
    given_zh, given_en = _GIVEN[n // len(_SURNAMES) % len(_GIVEN)]
    city, street, postcode = _CITIES[n % len(_CITIES)]
    return Account(
        uid=n + 1,
        email=f"{surname_en}.{given_en}{n + 1}@example.com",
        password=f"{given_en}-{surname_en}-{7919 * (n + 1) % 10000:04d}",
        surname=surname_zh,
        given=given_zh,
        city=city,
        street=f"{street}{n % 300 + 1}号",
        postcode=postcode,
        phone=f"+86138{10000000 + 7919 * n % 90000000}",
    )


SEEDED = 240
REPLAYED_FROM = 1_000
"""Customers from here on exist in the replayed log only."""
GHOSTS = 500_000
"""From here on they are accounts that attackers made."""
CUSTOMERS = tuple(customer(n) for n in range(SEEDED))
VICTIMS, REGULARS = CUSTOMERS[:60], CUSTOMERS[60:]
"""Whom attackers get into or pose as, and who is left alone: labels stay unambiguous."""
_STAFF_NAMES = (
    ("运营", "operations"),
    ("客服", "service"),
    ("财务", "finance"),
    ("仓储", "logistics"),
)
STAFF = tuple(
    Account(
        uid=SEEDED + n,
        email=f"{name}@shop.example",
        password=f"{name}-{n * 4241:05d}",
        surname="",
        given=title,
        city="上海",
        street="浦东新区世纪大道1号",
        postcode="200120",
        phone="+862150000000",
        staff=True,
    )
    for n, (title, name) in enumerate(_STAFF_NAMES, 1)
)

OFFICE = "198.51.100.10"
"""Where staff work from: one address, as offices have."""
CAMPUS = "198.51.100.77"
"""Many honest shoppers behind one address."""


class Client(NamedTuple):
    """Where requests come from and what they say of themselves."""

    address: str
    country: str
    agent: str


def shopper_address(rng: Random) -> str:
    """An address of a household or a phone; attackers never share these."""
    network = rng.random()
    if network < 0.3:
        site, host = rng.randint(1, 0xFFFF), rng.randint(1, 0xFFFF)
        return f"2001:db8:{site:x}::{host:x}"
    if network < 0.5:
        return f"203.0.113.{rng.randint(1, 254)}"
    return f"198.{rng.choice((18, 19))}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


_ABROAD = ("RU", "BR", "VN", "NL", "US", "IN")


def attacker_address(number: int) -> tuple[str, str]:
    """Address and country of the n-th attacker, so that attacks can be told apart."""
    return f"192.0.2.{number % 250 + 1}", _ABROAD[number % len(_ABROAD)]
