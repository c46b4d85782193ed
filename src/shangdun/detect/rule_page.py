"""The rule reference, docs/rules.md, written from the rules.

``python -m shangdun.detect.rule_page > docs/rules.md`` brings the page up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from shangdun.detect.correlation.wording import condition_in_words
from shangdun.detect.rule import CorrelationRule, Rule, RuleSet
from shangdun.detect.rules import builtin_folder, load_rules

AnyRule: TypeAlias = Rule | CorrelationRule

INTRO = """\
# Rules

The detection rules that come with ShangDun, written from the rules themselves. Each stands in
`src/shangdun/content/rules` with its test cases beside it; how to write one is told in
[writing-rules.md](writing-rules.md).

Rules under `web` need nothing but an access log. Rules under `shop` read the shop's business
events, which tell accounts, cards, orders and coupons apart, and so find more with less.
"""


def rule_page(ruleset: RuleSet, root: Path) -> str:
    """The page as Markdown; ``root`` is the folder that rule paths are shown relative to."""
    rules = sorted(_loud(ruleset), key=lambda rule: (_file(rule, root), rule.line))
    every: list[AnyRule] = [*ruleset.rules, *ruleset.correlations]
    by_uid = {rule.uid: rule for rule in every}
    head = "| Rule | 规则 | Level | Tags | File |\n| --- | --- | --- | --- | --- |"
    rows = [_row(rule, root) for rule in rules]
    sections = [_section(rule, by_uid) for rule in rules]
    return "\n".join([INTRO, head, *rows, "", *sections])


def _loud(ruleset: RuleSet) -> Iterable[AnyRule]:
    fed = {uid for rule in ruleset.correlations for uid in rule.spec.rules} | ruleset.quiet()
    every: list[AnyRule] = [*ruleset.rules, *ruleset.correlations]
    return [rule for rule in every if rule.uid not in fed]


def _file(rule: AnyRule, root: Path) -> str:
    return Path(rule.path).relative_to(root).as_posix()


def _row(rule: AnyRule, root: Path) -> str:
    tags = " ".join(f"`{tag}`" for tag in rule.tags if tag.startswith(("oat.", "attack.t", "cve.")))
    file = _file(rule, root)
    zh = rule.content.title.get("zh", "")
    return f"| [{rule.title}](#{rule.uid}) | {zh} | {rule.level} | {tags} | `{file}` |"


def _section(rule: AnyRule, by_uid: dict[str, AnyRule]) -> str:
    content = rule.content
    lines = [
        f'<a id="{rule.uid}"></a>',
        "",
        f"## {rule.title}",
        "",
        " · ".join(
            [
                f"**{content.title.get('zh', '')}**",
                f"`{rule.uid}`",
                rule.level,
                _source(rule, by_uid),
            ]
        ),
        "",
        " ".join(rule.description.split()),
        "",
    ]
    if isinstance(rule, CorrelationRule):
        lines += [f"Raised when: {condition_in_words(rule.spec)}.", ""]
    for language, doing in (("zh", "处置："), ("en", "What to do:")):
        lines += [content.meaning.get(language, ""), "", doing, ""]
        lines += [f"{n}. {step}" for n, step in enumerate(content.response.get(language, []), 1)]
        lines.append("")
    lines += ["False positives:", "", *(f"- {one}" for one in rule.falsepositives), ""]
    return "\n".join(lines)


def _source(rule: AnyRule, by_uid: dict[str, AnyRule]) -> str:
    """The log source of a rule, of a correlation that of the single rules behind it."""
    if isinstance(rule, Rule):
        return "/".join(part for part in rule.logsource if part)
    return " + ".join(dict.fromkeys(_source(by_uid[uid], by_uid) for uid in rule.spec.rules))


if __name__ == "__main__":
    sys.stdout.write(rule_page(load_rules(), builtin_folder()))
