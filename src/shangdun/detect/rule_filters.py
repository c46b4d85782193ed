"""Sigma filters: conditions that many rules get in addition, such as "not our own scanner".

The condition of a filter is joined to that of a rule with ``and``, as pySigma does it, so what is
to be left out is written ``condition: not selection``. A filter applies to the rules it names, or
to any, as long as they are of its log source: every part of the source that it gives must be the
rule's. Correlations are filtered through the rules they refer to.

Source: Sigma filters specification 2.0.0; pySigma 2.0, ``SigmaFilter.apply_on_rule``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sigma.exceptions import SigmaError
from sigma.filters import SigmaGlobalFilter

from shangdun.detect import ir
from shangdun.detect.rule import FilterRule, LoadError, Rule
from shangdun.detect.sigma_condition import Lists, condition_of
from shangdun.detect.sigma_policy import POLICY
from shangdun.kernel.errors import RuleError
from shangdun.lake.block import Logsource


def apply_filters(
    rules: Sequence[Rule], filters: Sequence[FilterRule], uids: Mapping[str, str], lists: Lists
) -> tuple[list[Rule], list[LoadError]]:
    """The rules with the filters in their conditions, and the filters that apply to none.

    ``uids`` resolves the names and ids that filters may write.
    """
    filtered = list(rules)
    places = {rule.uid: place for place, rule in enumerate(rules)}
    unfit: list[LoadError] = []
    for one in filters:
        named = [places.get(uids.get(name, ""), -1) for name in one.rules]
        chosen = [place for place in named if place >= 0] if one.rules else range(len(rules))
        fitting = [place for place in chosen if covers(one.logsource, rules[place].logsource)]
        if not fitting:
            unfit.append(_unfit(one, unknown=bool(one.rules and not chosen)))
        conditions: dict[Logsource, ir.Node] = {}
        for place in fitting:
            logsource = rules[place].logsource
            if logsource not in conditions:
                conditions[logsource] = filter_condition(one, logsource, lists)
            filtered[place] = _joined(filtered[place], one.uid, conditions[logsource])
    return filtered, unfit


def covers(wanted: Logsource, given: Logsource) -> bool:
    """Whether every part of a log source that ``wanted`` names is that of ``given``."""
    return all(not part or part == other for part, other in zip(wanted, given, strict=True))


def filter_condition(one: FilterRule, logsource: Logsource, lists: Lists) -> ir.Node:
    """What a rule of ``logsource`` must hold in addition; fields are mapped as the rule's are.

    Raises ``RuleError`` where the filter's detections are wrong.
    """
    try:
        return condition_of(
            SigmaGlobalFilter.from_dict(one.detection, policy=POLICY), logsource, lists
        )
    except SigmaError as error:
        raise RuleError(str(error), code="rule.filter", where=one.path) from error


def _joined(rule: Rule, uid: str, condition: ir.Node) -> Rule:
    own = rule.condition.args if isinstance(rule.condition, ir.And) else (rule.condition,)
    added = condition.args if isinstance(condition, ir.And) else (condition,)
    return msgspec.structs.replace(
        rule, condition=ir.And((*own, *added)), filters=(*rule.filters, uid)
    )


def _unfit(one: FilterRule, *, unknown: bool) -> LoadError:
    reason = "none of the rules it names is loaded" if unknown else "no rule is of its log source"
    return LoadError(path=one.path, line=one.line, message=reason, title=one.title)
