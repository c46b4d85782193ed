"""The section ``[protect.proof]``: which shop is put to the test, and when."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError

_Path = Annotated[str, msgspec.Meta(pattern=r"^/[\x21-\x7e]*$", max_length=300)]


class ProofConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One shop, seen from outside."""

    url: str = ""
    """The shop through its edge, ``https://shop.example.com``; empty: no test by the clock."""
    every_hours: Annotated[int, msgspec.Meta(ge=0, le=24 * 31)] = 24
    """How often the test is run by itself; 0: only when asked, and after changes."""
    after_changes: bool = True
    """Run it when rules, enforcers or the policy of decisions have changed."""
    search: _Path = "/search?q="
    """What the shop's search begins with; the words are put behind it."""
    login: _Path = "/login"
    coupon: str = ""
    """Where a coupon code is posted; empty: the shop has none."""
    see_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30
    """How long a canary may take to become a finding."""


def proof_config(config: Config) -> ProofConfig:
    """The section, checked; raises ``ConfigError`` naming the key."""
    section: Any = config.protect.get("proof", {})
    try:
        return msgspec.convert(section, ProofConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where="[protect.proof]", fix="see docs/proof.md for every key"
        ) from error
