"""One who is affected, and by what two mentions of him are known to be one.

E-mail addresses are compared without case (the local part's case matters to no provider in use,
RFC 5321 §2.4 notwithstanding), telephone numbers as E.164 digits with China's prefix where none is
given, references (account, order, host) without spaces around them.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

import msgspec

LONGEST = 200
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,190}\.[^\s@.]{2,63}")
_PHONE_SIGNS = re.compile(r"[\s().\-/]")
_MOBILE_CN = re.compile(r"1[3-9]\d{9}")
_LANGUAGES = {
    "zh": ("zh", "cn", "chinese", "中文", "汉语", "简体", "繁体"),
    "en": ("en", "english", "英文", "英语"),
}


class Kind(StrEnum):
    """What is affected; people are persons and accounts together."""

    PERSON = "person"
    ACCOUNT = "account"
    """Known by its account alone: somebody, but not whom or how to reach him."""
    ORDER = "order"
    ASSET = "asset"


class Certainty(StrEnum):
    """How sure it is that somebody on the list is affected."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Identity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As a list names somebody; every field may be empty.

    ``reference`` is the account, order number or host, by the kind.
    """

    reference: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    order: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing says who it is."""
        return not (self.reference or self.email or self.phone or self.order)


def clean(text: str) -> str:
    """A cell's text: NFKC, one line, no control or invisible characters, cut at 200."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cs", "Co"})
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def email_of(text: str) -> str:
    """The address in lower case, or ``""`` where it is none."""
    text = clean(text).casefold()
    return text if _EMAIL.fullmatch(text) and ".." not in text and text.isprintable() else ""


def phone_of(text: str) -> str:
    """``+8613800000000`` of whatever way it is written; ``""`` where it is none.

    A Chinese mobile number without a prefix gets +86; any other number needs its own prefix or
    area code and keeps its digits.
    """
    text = _PHONE_SIGNS.sub("", clean(text).removesuffix(".0"))
    text = "+" + text[2:] if text.startswith("00") else text
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 15):
        return ""
    if text.startswith("+"):
        return text
    if _MOBILE_CN.fullmatch(digits):
        return f"+86{digits}"
    if len(digits) == 13 and digits.startswith("86") and _MOBILE_CN.fullmatch(digits[2:]):
        return f"+{digits}"
    return digits


def language_of(text: str) -> str:
    """``zh``, ``en`` or ``""``, of a language's tag or name."""
    text = clean(text).casefold()
    for code, words in _LANGUAGES.items():
        if text.startswith(words):
            return code
    return ""


def kind_of(identity: Identity) -> Kind:
    """Person where a name or a way to reach him is known, else the account or order alone."""
    if identity.name or identity.email or identity.phone:
        return Kind.PERSON
    return Kind.ACCOUNT if identity.reference else Kind.ORDER


def joined(one: Identity, other: Identity) -> Identity:
    """Both mentions of one subject: what the first lacks comes from the second."""
    return Identity(
        **{
            name: getattr(one, name) or getattr(other, name)
            for name in ("reference", "name", "email", "phone", "language", "order")
        }
    )
