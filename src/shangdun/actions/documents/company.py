"""Saying who the company is: forms, letters, papers and clocks take it from here."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.clocks.rewind import rewind_open
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.papers.errors import PaperError
from shangdun.papers.logo import clean_logo
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import company
from shangdun.records.models import Company
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
"""GB 32100-2015: 18 digits or letters without I, O, S, V, Z."""


class CompanyFacts(msgspec.Struct, kw_only=True, frozen=True):
    """As ``records.models.Company``; everything may be unknown but the name."""

    name_zh: str = ""
    name_en: str = ""
    credit_code: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    province: str = ""
    website: str = ""
    critical_infrastructure: bool = False
    serves_eu: bool = False
    takes_cards: bool = False
    is_platform: bool = False


@action(Capability.MANAGE_ORGANISATION)
def do_change_company(
    actor: Actor,
    facts: CompanyFacts,
    *,
    logo: bytes | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Company]:
    """Keep who the company is; ``logo`` is an uploaded PNG or JPEG, empty to drop it, None to keep.

    Raises ``UsageError`` (``company.name``, ``.credit_code``, ``paper.logo``) and ``EditConflict``.
    """
    facts = _checked(facts)
    row = company()
    if version is not None and row.pk and version != row.version:
        raise EditConflict(
            "somebody changed it meanwhile",
            mine={"version": version, **msgspec.structs.asdict(facts)},
            theirs={"version": row.version, **_values(row)},
        )
    if not keep_company(actor, facts, logo, clock.now()):
        return Unchanged(company())
    row = company()
    picture = bytes(row.logo)
    payload = _values(row) | {"logo_sha256": hashlib.sha256(picture).hexdigest() if picture else ""}
    return Done(row, ("company", row.pk), clock.now(), payload)


def keep_company(actor: Actor, facts: CompanyFacts, logo: bytes | None, now: datetime) -> bool:
    """The same within a caller's action; whether anything changed. Raises ``UsageError``."""
    facts = _checked(facts)
    row = company()
    picture = bytes(row.logo) if logo is None else _logo(logo)
    if row.pk and _values(row) == msgspec.structs.asdict(facts) and picture == bytes(row.logo):
        return False
    row.version = row.version + 1 if row.pk else 1
    row.pk = row.pk or 1
    row.logo = picture
    for name, value in msgspec.structs.asdict(facts).items():
        setattr(row, name, value)
    row.save()
    rewind_open(now, actor=actor)
    return True


def _values(row: Company) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CompanyFacts.__struct_fields__}


def _checked(facts: CompanyFacts) -> CompanyFacts:
    cleaned = {
        name: clean_text(value.strip())
        for name, value in msgspec.structs.asdict(facts).items()
        if isinstance(value, str)
    }
    facts = msgspec.structs.replace(facts, **cleaned)
    if not facts.name_zh and not facts.name_en:
        raise UsageError(
            "the company has a name", code="company.name", where="name_zh", fix="say one of the two"
        )
    if facts.credit_code and not _CREDIT_CODE.fullmatch(facts.credit_code.upper()):
        raise UsageError(
            "this is no unified social credit code",
            code="company.credit_code",
            where="credit_code",
            fix="18 digits and capital letters, without I, O, S, V and Z",
        )
    return msgspec.structs.replace(facts, credit_code=facts.credit_code.upper())


def _logo(upload: bytes) -> bytes:
    if not upload:
        return b""
    try:
        return clean_logo(upload)
    except PaperError as error:
        raise UsageError(error.message, code=error.code, where="logo", fix=error.fix) from error
