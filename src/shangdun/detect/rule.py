"""Detection rules as the engine and the console know them: plain data, ready for the cache."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from shangdun.detect.baseline.spec import BaselineSpec
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.ir import Node
from shangdun.kernel.severity import Severity
from shangdun.lake.block import Logsource


class RuleContent(msgspec.Struct, kw_only=True, frozen=True):
    """The ``shangdun:`` attribute of our own rules; keys of texts are ``zh`` and ``en``."""

    title: dict[str, str] = {}
    meaning: dict[str, str] = {}
    """What it means for a shop."""
    response: dict[str, list[str]] = {}
    """What to do, step by step."""
    entities: dict[str, str] = {}
    """Entity kind → field or column."""
    sale: Literal["", "calm"] = ""
    """``calm``: an announced sale raises the threshold, as a rush looks like what it counts."""


class RuleHead(msgspec.Struct, kw_only=True, frozen=True):
    """What every rule carries beside its logic (Sigma 2.1, and where it was read)."""

    uid: str
    """The Sigma ``id``; a rule without one gets an identifier made from its content."""
    title: str
    name: str = ""
    description: str = ""
    status: str = ""
    level: str = ""
    author: str = ""
    date: str = ""
    modified: str = ""
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    content: RuleContent = msgspec.field(default_factory=RuleContent)
    attributes: dict[str, Any] = {}
    """Custom attributes that are not ours, as they were written."""
    path: str = ""
    line: int = 1

    @property
    def severity_id(self) -> int:
        """OCSF ``severity_id`` of the level."""
        return int(Severity.from_sigma(self.level))


class Rule(RuleHead, kw_only=True, frozen=True):
    """A rule over single events."""

    logsource: Logsource = Logsource()
    condition: Node
    """With what the filters in ``filters`` take away."""
    filters: tuple[str, ...] = ()
    """Uids of the Sigma filters that apply to it."""


class CorrelationRule(RuleHead, kw_only=True, frozen=True):
    """A rule over the matches of other rules."""

    spec: CorrelationSpec
    """Its references are the uids of loaded rules, resolved from the names as written."""


class BaselineRule(RuleHead, kw_only=True, frozen=True):
    """A baseline over the matches of single-event rules."""

    spec: BaselineSpec
    """Its references are the uids of loaded rules, resolved from the names as written."""


AnyRule: TypeAlias = Rule | CorrelationRule | BaselineRule


class FilterRule(RuleHead, kw_only=True, frozen=True):
    """A Sigma filter: what is left out of the matches of other rules."""

    logsource: Logsource = Logsource()
    rules: tuple[str, ...] = ()
    """Ids or names of the rules it applies to; empty: every rule of its log source."""
    detection: dict[str, Any]
    """Selections and condition as they were written."""


class ValueList(msgspec.Struct, kw_only=True, frozen=True):
    """Values behind a placeholder, as a document (``list``, ``values``) gives them."""

    name: str
    values: tuple[str, ...]
    path: str = ""
    line: int = 1


class LoadError(msgspec.Struct, kw_only=True, frozen=True):
    """A rule (or a whole file) that could not be used."""

    path: str
    line: int
    message: str
    title: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class RuleSet(msgspec.Struct, kw_only=True):
    """What a load gives: all that stands, and all that does not, by name."""

    rules: list[Rule] = []
    correlations: list[CorrelationRule] = []
    baselines: list[BaselineRule] = []
    filters: list[FilterRule] = []
    """Already part of the conditions of the rules they apply to."""
    errors: list[LoadError] = []
    """Rules that are wrong."""
    skipped: list[LoadError] = []
    """Rules that are right but cannot be evaluated yet, with the reason."""
    key: str = ""
    """Identifies the content: equal keys mean equal rules."""
    cache_dir: str = ""
    """Where compiled things are kept; empty: nowhere."""
    load_seconds: float = 0.0
    cached: bool = False

    def quiet(self) -> frozenset[str]:
        """Rules that only feed others (Sigma: ``generate`` is false) and give no finding.

        Baselines make single-event rules quiet that say nothing of their own (informational).
        """
        fed = {uid for rule in self.correlations for uid in rule.spec.rules}
        counted = {uid for rule in self.baselines for uid in rule.spec.references}
        fed |= {rule.uid for rule in self.rules if rule.uid in counted and not rule.severity_id > 1}
        kept = {uid for rule in self.correlations if rule.spec.generate for uid in rule.spec.rules}
        return frozenset(fed - kept)

    def by_uid(self) -> dict[str, AnyRule]:
        """Every rule by its identifier."""
        return {rule.uid: rule for rule in self.every()}

    def every(self) -> list[AnyRule]:
        """Rules, correlations and baselines."""
        return [*self.rules, *self.correlations, *self.baselines]
