"""From single documents to a set: lists filled in, references resolved, filters applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from shangdun.detect.baseline.spec import BaselineSpec
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.rule import (
    AnyRule,
    BaselineRule,
    CorrelationRule,
    FilterRule,
    LoadError,
    Rule,
    RuleSet,
    ValueList,
)
from shangdun.detect.rule_file import Skipped, read_rules
from shangdun.detect.rule_filters import apply_filters
from shangdun.detect.sigma_condition import Lists

Data = Sequence[tuple[str, bytes]]
"""Path and content."""

_LIST = re.compile(rb"\blist[\"']?\s*:")
"""Cheap, and right but for documents that only look like one."""

S = TypeVar("S", CorrelationSpec, BaselineSpec)


def read_all(texts: Data, files: Data, lists: Lists) -> tuple[RuleSet, Lists]:
    """Read every document; a text that has the identifier of a rule in a file stands for it.

    Gives the set as it was written, for ``link``, and the values of all lists.
    """
    ruleset = RuleSet()
    known = _all_lists([*texts, *files], lists)
    places: dict[str, str] = {}
    _read(ruleset, texts, known, places)
    _read(ruleset, files, known, places)
    return ruleset, known


def link(ruleset: RuleSet, lists: Lists) -> RuleSet:
    """Resolve what documents say of each other; those that cannot stand become errors."""
    every: list[AnyRule] = ruleset.every()
    uids = {rule.name: rule.uid for rule in every if rule.name} | {r.uid: r.uid for r in every}
    _link_correlations(ruleset, uids)
    _link_baselines(ruleset, uids)
    ruleset.rules, unfit = apply_filters(ruleset.rules, ruleset.filters, uids, lists)
    ruleset.skipped += unfit
    return ruleset


def _all_lists(data: Data, given: Lists) -> Lists:
    """The given lists and those of documents, values of one name put together."""
    lists: dict[str, list[str]] = {name: list(values) for name, values in given.items()}
    for path, content in data:
        if _LIST.search(content):
            for loaded in read_rules(content, path):
                if isinstance(loaded, ValueList):
                    values = lists.setdefault(loaded.name, [])
                    values += [value for value in loaded.values if value not in values]
    return lists


def _read(ruleset: RuleSet, data: Data, lists: Lists, places: dict[str, str]) -> None:
    edited = frozenset(places)
    for path, content in data:
        for loaded in read_rules(content, path, lists):
            if isinstance(loaded, LoadError):
                ruleset.errors.append(loaded)
            elif isinstance(loaded, Skipped):
                ruleset.skipped.append(loaded.error)
            elif not isinstance(loaded, ValueList) and loaded.uid not in edited:
                _add(ruleset, loaded, places)


def _add(ruleset: RuleSet, loaded: AnyRule | FilterRule, places: dict[str, str]) -> None:
    if loaded.uid in places:
        ruleset.errors.append(_error(loaded, f"the id is that of {places[loaded.uid]}"))
        return
    places[loaded.uid] = f"{loaded.path}:{loaded.line}"
    if isinstance(loaded, Rule):
        ruleset.rules.append(loaded)
    elif isinstance(loaded, CorrelationRule):
        ruleset.correlations.append(loaded)
    elif isinstance(loaded, BaselineRule):
        ruleset.baselines.append(loaded)
    else:
        ruleset.filters.append(loaded)


def _link_correlations(ruleset: RuleSet, uids: Mapping[str, str]) -> None:
    waiting: list[CorrelationRule] = []
    for rule in ruleset.correlations:
        missing = _missing(rule.spec.rules, uids)
        if missing is None:
            waiting.append(msgspec.structs.replace(rule, spec=_resolved(rule.spec, uids)))
        else:
            message = f"the correlation refers to the rule {missing!r}, which is not loaded"
            ruleset.errors.append(_error(rule, message))
    standing = {rule.uid for rule in ruleset.rules}
    ruleset.correlations = []
    while ready := [rule for rule in waiting if standing.issuperset(rule.spec.rules)]:
        ruleset.correlations += ready
        standing.update(rule.uid for rule in ready)
        waiting = [rule for rule in waiting if rule.uid not in standing]
    message = "the correlation refers to itself or to one that cannot be used"
    ruleset.errors += [_error(rule, message) for rule in waiting]


def _link_baselines(ruleset: RuleSet, uids: Mapping[str, str]) -> None:
    standing = {rule.uid for rule in ruleset.rules}
    linked: list[BaselineRule] = []
    for rule in ruleset.baselines:
        spec = rule.spec
        missing = _missing(spec.references, uids, standing)
        if missing is not None:
            message = f"the baseline counts the rule {missing!r}, which is not loaded"
            ruleset.errors.append(_error(rule, message))
            continue
        groups = {name: tuple(uids[one] for one in getattr(spec, name)) for name in _COUNTED}
        linked.append(msgspec.structs.replace(rule, spec=msgspec.structs.replace(spec, **groups)))
    ruleset.baselines = linked


_COUNTED = ("rules", "of", "unless")


def _missing(
    names: Iterable[str], uids: Mapping[str, str], standing: set[str] | None = None
) -> str | None:
    return next((n for n in names if n not in uids or (standing and uids[n] not in standing)), None)


def _resolved(spec: CorrelationSpec, uids: Mapping[str, str]) -> CorrelationSpec:
    aliases = {
        alias: {uids[name]: field for name, field in fields.items()}
        for alias, fields in spec.aliases.items()
    }
    rules = tuple(uids[name] for name in spec.rules)
    return msgspec.structs.replace(spec, rules=rules, aliases=aliases)


def _error(rule: AnyRule | FilterRule, message: str) -> LoadError:
    return LoadError(path=rule.path, line=rule.line, message=message, title=rule.title)
