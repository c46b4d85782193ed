"""What a set of rules covers, and what of it really has events to look at.

A rule that nothing feeds finds nothing, however good it is: a matrix that only counts rules tells
a shop that it watches payments while nobody sends a payment event. So every technique and every
automated threat is watched, blind or uncovered, by what arrived.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from shangdun.detect.routing import FAMILIES, applies
from shangdun.detect.rule import AnyRule, BaselineRule, CorrelationRule, Rule
from shangdun.detect.techniques import techniques
from shangdun.lake.block import Logsource

ATTACK_TACTICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reconnaissance": ("Reconnaissance", "侦察"),
        "resource-development": ("Resource Development", "资源开发"),
        "initial-access": ("Initial Access", "初始访问"),
        "execution": ("Execution", "执行"),
        "persistence": ("Persistence", "持久化"),
        "privilege-escalation": ("Privilege Escalation", "权限提升"),
        "stealth": ("Stealth", "隐蔽"),
        "defense-impairment": ("Defense Impairment", "削弱防御"),
        "credential-access": ("Credential Access", "凭据访问"),
        "discovery": ("Discovery", "发现"),
        "lateral-movement": ("Lateral Movement", "横向移动"),
        "collection": ("Collection", "收集"),
        "command-and-control": ("Command and Control", "命令与控制"),
        "exfiltration": ("Exfiltration", "数据外传"),
        "impact": ("Impact", "影响"),
    }
)
"""Of ATT&CK 19, in its order, in English and Chinese."""

RENAMED: Mapping[str, str] = MappingProxyType({"defense-evasion": "stealth"})
"""What older rules call a tactic."""

AUTOMATED_THREATS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "001": ("Carding", "盗卡测试"),
        "002": ("Token Cracking", "撞券"),
        "003": ("Ad Fraud", "广告欺诈"),
        "004": ("Fingerprinting", "指纹探测"),
        "005": ("Scalping", "抢购囤货"),
        "006": ("Expediting", "加速操作"),
        "007": ("Credential Cracking", "口令爆破"),
        "008": ("Credential Stuffing", "撞库"),
        "009": ("CAPTCHA Defeat", "破解验证码"),
        "010": ("Card Cracking", "卡信息破解"),
        "011": ("Scraping", "爬取"),
        "012": ("Cashing Out", "套现"),
        "013": ("Sniping", "临期抢拍"),
        "014": ("Vulnerability Scanning", "漏洞扫描"),
        "015": ("Denial of Service", "拒绝服务"),
        "016": ("Skewing", "刷量"),
        "017": ("Spamming", "垃圾信息"),
        "018": ("Footprinting", "踩点"),
        "019": ("Account Creation", "批量注册"),
        "020": ("Account Aggregation", "账号聚合"),
        "021": ("Denial of Inventory", "占库存"),
    }
)
"""OWASP Automated Threats to Web Applications 1.2: number → name in English and Chinese."""

FEED_MILLIS = 24 * 3600 * 1000
"""A log source counts as arriving if there were events of it within a day."""

_TECHNIQUE = re.compile(r"t\d{4}(\.\d{3})?")


class Feed(NamedTuple):
    """Events of one log source that a source brings."""

    source: str
    logsource: Logsource


class RuleCover(NamedTuple):
    """One rule among what covers something."""

    uid: str
    title: str
    on: bool
    sources: tuple[str, ...]
    """Sources that feed it; empty: it is blind."""
    connect: tuple[str, ...]
    """Formats that would feed it, where it is blind."""


class Covered(NamedTuple):
    """Something that rules are about."""

    kind: str
    """``tactic``, ``technique`` or ``threat``."""
    key: str
    name: str
    name_zh: str
    tactics: tuple[str, ...]
    rules: tuple[RuleCover, ...]

    @property
    def state(self) -> str:
        """``watched``, ``blind`` (nothing feeds the rules), ``off`` or ``none`` (no rule)."""
        on = [rule for rule in self.rules if rule.on]
        if any(rule.sources for rule in on):
            return "watched"
        if on:
            return "blind"
        return "off" if self.rules else "none"

    @property
    def watching(self) -> int:
        """How many rules look at events."""
        return sum(bool(rule.on and rule.sources) for rule in self.rules)

    @property
    def blind(self) -> int:
        """How many rules would, if something fed them."""
        return sum(rule.on and not rule.sources for rule in self.rules)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that feed the rules."""
        found = (name for rule in self.rules if rule.on for name in rule.sources)
        return tuple(dict.fromkeys(found))

    @property
    def connect(self) -> tuple[str, ...]:
        """What to connect so that the blind rules see, most rules first."""
        counted: dict[str, int] = defaultdict(int)
        for rule in self.rules:
            for name in rule.connect if rule.on else ():
                counted[name] += 1
        return tuple(sorted(counted, key=lambda name: (-counted[name], name)))


def coverage(
    rules: Iterable[AnyRule], *, feeds: Iterable[Feed] = (), off: Collection[str] = ()
) -> list[Covered]:
    """Tactics and threats, also those without a rule, and the techniques that rules name.

    ``feeds`` is what arrived, ``off`` the identifiers of rules that are switched off.
    """
    every = list(rules)
    feeding = _Feeding(every, list(feeds))
    by_tag: dict[str, list[RuleCover]] = defaultdict(list)
    for rule in every:
        cover = feeding.cover(rule, on=rule.uid not in off)
        for tag in dict.fromkeys(_tag(tag) for tag in rule.tags):
            by_tag[tag].append(cover)
    return [*_tactics(by_tag), *_techniques(by_tag), *_threats(by_tag)]


def cover_of(rule: AnyRule, rules: Iterable[AnyRule], feeds: Iterable[Feed]) -> RuleCover:
    """What feeds one rule of a set."""
    return _Feeding(list(rules), list(feeds)).cover(rule, on=True)


def feeds_of(
    log_sources: Mapping[str, Mapping[str, int]], now: int, within: int = FEED_MILLIS
) -> list[Feed]:
    """Feeds from source → ``product/category/service`` → last seen (milliseconds)."""
    found = []
    for source, seen in sorted(log_sources.items()):
        for name, last in sorted(seen.items()):
            parts = name.split("/")
            if last > now - within and len(parts) == len(Logsource._fields):
                found.append(Feed(source, Logsource(*parts)))
    return found


def affirms(rule: Logsource, event: Logsource) -> bool:
    """Whether events of a log source are what the rule is about, not merely not something else.

    A rule is asked about every event that does not contradict it, yet an application's JSON that
    says nothing of itself is no reason to believe that logins of Windows are watched.
    """
    if not any(rule):
        return True
    if not applies(rule, event):
        return False
    if rule.category:  # they do not contradict each other, so saying one is enough
        return bool(event.category)
    if {rule.product, rule.service} & FAMILIES.get(event.category, frozenset()):
        return True
    if rule.service:
        return bool(event.service)
    return bool(event.product)


def formats_for(logsource: Logsource) -> tuple[str, ...]:
    """The formats that bring events of a log source, the usual one first."""
    for part in (logsource.product, logsource.category, logsource.service):
        if part in _BY_NAME:
            return _BY_NAME[part]
    return ("json",)


_BY_NAME: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shangdun": (),
        "shop": ("shop",),
        "windows": ("windows",),
        "linux": ("auditd", "syslog"),
        "modsecurity": ("modsecurity",),
        "suricata": ("eve",),
        "webserver": ("combined",),
        "authentication": ("shop", "syslog"),
        "account_change": ("shop", "syslog"),
        "dns": ("eve",),
        "network_connection": ("eve",),
        "apache": ("combined",),
        "nginx": ("combined",),
        "auditd": ("auditd",),
        "sshd": ("syslog",),
        "sudo": ("syslog",),
    }
)
"""Product, category or service → formats. The rest comes as JSON under its native names."""


class _Feeding:
    """Which sources feed which rules; log sources are looked at once, rules are many."""

    def __init__(self, rules: list[AnyRule], feeds: list[Feed]) -> None:
        self._rules = {rule.uid: rule for rule in rules}
        self._feeds = feeds
        self._known: dict[Logsource, tuple[str, ...]] = {}

    def cover(self, rule: AnyRule, *, on: bool) -> RuleCover:
        sources = self.sources(rule, frozenset())
        connect = () if sources else self.connect(rule, frozenset())
        return RuleCover(rule.uid, rule.title, on, sources, connect)

    def sources(self, rule: AnyRule, above: frozenset[str]) -> tuple[str, ...]:
        if isinstance(rule, Rule):
            return self._of(rule.logsource)
        parts = [self.sources(part, above | {rule.uid}) for part in self._parts(rule, above)]
        every = isinstance(rule, CorrelationRule) and rule.spec.type.startswith("temporal")
        if not parts or (every and not all(parts)):
            return ()
        return tuple(dict.fromkeys(name for part in parts for name in part))

    def connect(self, rule: AnyRule, above: frozenset[str]) -> tuple[str, ...]:
        if isinstance(rule, Rule):
            return formats_for(rule.logsource)
        blind = [part for part in self._parts(rule, above) if not self.sources(part, above)]
        found = (name for part in blind for name in self.connect(part, above | {rule.uid}))
        return tuple(dict.fromkeys(found))

    def _parts(self, rule: CorrelationRule | BaselineRule, above: frozenset[str]) -> list[AnyRule]:
        if isinstance(rule, CorrelationRule):
            uids = tuple(rule.spec.rules)
        else:
            uids = tuple(rule.spec.references)
        return [self._rules[uid] for uid in uids if uid in self._rules and uid not in above]

    def _of(self, logsource: Logsource) -> tuple[str, ...]:
        known = self._known.get(logsource)
        if known is None:
            names = (one.source for one in self._feeds if affirms(logsource, one.logsource))
            known = self._known[logsource] = tuple(dict.fromkeys(names))
        return known


def _tag(tag: str) -> str:
    name = tag.lower().removeprefix("attack.").replace("_", "-")
    if _TECHNIQUE.fullmatch(name):
        return name[:5].upper()
    return RENAMED.get(name, name)


def _tactics(by_tag: Mapping[str, list[RuleCover]]) -> Iterable[Covered]:
    for key, (name, zh) in ATTACK_TACTICS.items():
        yield Covered("tactic", key, name, zh, (key,), tuple(by_tag.get(key, ())))


def _techniques(by_tag: Mapping[str, list[RuleCover]]) -> Iterable[Covered]:
    known = techniques()
    for key in sorted(key for key in by_tag if _TECHNIQUE.fullmatch(key.lower())):
        one = known.get(key)
        rules = tuple(by_tag[key])
        if one is None:
            yield Covered("technique", key, "", "", (), rules)
        else:
            yield Covered("technique", key, one.name, one.name_zh, one.tactics, rules)


def _threats(by_tag: Mapping[str, list[RuleCover]]) -> Iterable[Covered]:
    for number, (name, zh) in AUTOMATED_THREATS.items():
        rules = tuple(by_tag.get(f"oat.{number}", ()))
        yield Covered("threat", f"OAT-{number}", name, zh, (), rules)
