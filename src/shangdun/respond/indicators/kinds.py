"""What an indicator can be, and its one spelling."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kinds of indicators that a shop's incidents have."""

    IP = "ip"
    RANGE = "range"
    DOMAIN = "domain"
    URL = "url"
    HASH = "hash"
    EMAIL = "email"
    ACCOUNT = "account"
    USER_AGENT = "user_agent"


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, 2022)."""

    RED = "red"
    AMBER_STRICT = "amber+strict"
    AMBER = "amber"
    GREEN = "green"
    CLEAR = "clear"
