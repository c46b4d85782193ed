"""The shipped list of protective measures, read from ``content/controls/*.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from shangdun.govern.controls.rhythm import Rhythm
from shangdun.kernel.errors import RuleError
from shangdun.respond.regulators.conditions import Condition, read_condition

Words = dict[str, str]
"""By language: ``zh`` and ``en``."""


class Kind(StrEnum):
    """The source's two kinds of measures (技术措施、管理措施)."""

    TECHNICAL = "technical"
    MANAGEMENT = "management"


class Method(StrEnum):
    """How one finds out whether it is in place."""

    AUTOMATIC = "automatic"
    ON_SITE = "on_site"
    DOCUMENT = "document"


class Layer(StrEnum):
    """The ten layers of GB/T 22239-2019, in the standard's order."""

    PHYSICAL = "physical"
    NETWORK = "network"
    BOUNDARY = "boundary"
    COMPUTING = "computing"
    CENTRE = "centre"
    POLICY = "policy"
    ORGANISATION = "organisation"
    PEOPLE = "people"
    CONSTRUCTION = "construction"
    OPERATION = "operation"


class Factor(StrEnum):
    """The plan's five risk factors (section 四.1)."""

    NETWORK_ATTACK = "network_attack"
    DATA_BREACH = "data_breach"
    INSIDER = "insider"
    LAW_CHANGE = "law_change"
    TECHNOLOGY_CHANGE = "technology_change"


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One protective measure of the list."""

    key: str
    kind: Kind
    layer: Layer
    factors: tuple[Factor, ...]
    method: Method
    rhythm: Rhythm
    group: str
    """Which of the company's groups looks after it until somebody is named."""
    title: Words
    what: Words
    """What is to be found in place."""
    how: Words
    """How one looks, and what proves it."""
    check: str = ""
    """The automatic check; its folder in ``runtime/checks``."""
    duties: tuple[str, ...] = ()
    """Duties of the law register that it helps to keep."""
    when: Any = None
    """Of which shops; none: of all."""

    @property
    def condition(self) -> Condition | None:
        return None if self.when is None else read_condition(self.when, self.key)


def read_measures(document: Mapping[str, Any], where: str) -> tuple[Measure, ...]:
    """The measures of one file. Raises ``RuleError`` (``controls.list``) for what is wrong."""
    kind = document.get("kind")
    try:
        found = msgspec.convert(
            [{"kind": kind, **raw} for raw in document["controls"]], tuple[Measure, ...]
        )
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise RuleError(
            str(error), code="controls.list", where=where, fix="see docs/controls.md"
        ) from error
    for one in found:
        if bool(one.check) is not (one.method is Method.AUTOMATIC):
            raise RuleError(
                f"{one.key}: an automatic measure names its check, no other does",
                code="controls.list", where=where, fix="see docs/controls.md",
            )  # fmt: skip
    return found


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """All that is shipped, by key, technical first."""
    found: dict[str, Measure] = {}
    folder = files("shangdun") / "content" / "controls"
    for kind in Kind:
        name = f"content/controls/{kind.value}.yml"
        text = (folder / f"{kind.value}.yml").read_text("utf-8")
        for one in read_measures(yaml.safe_load(text), name):
            if one.key in found:
                raise RuleError(f"{one.key} is there twice", code="controls.list", where=name)
            found[one.key] = one
    return found
