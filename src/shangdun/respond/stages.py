"""The stages of an attack in words people read: ATT&CK tactics in order, OWASP automated threats.

Official names come from MITRE ATT&CK Enterprise (tactics) and OWASP Automated Threats to Web
Applications 1.2; what follows a dash is ours and says what it means for a shop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from shangdun.detect.coverage import ATTACK_TACTICS, AUTOMATED_THREATS


class Words(msgspec.Struct, frozen=True):
    """A name in two languages."""

    en: str
    zh: str


TACTICS: Mapping[str, Words] = {
    "reconnaissance": Words("Reconnaissance – looking for weak spots", "侦察：寻找弱点"),
    "resource-development": Words("Resource development – preparing", "资源开发：做准备"),
    "initial-access": Words("Initial access – breaking in", "初始访问：突破入口"),
    "execution": Words("Execution – running their code", "执行：运行其代码"),
    "persistence": Words("Persistence – making sure to stay", "持久化：设法留下来"),
    "privilege-escalation": Words(
        "Privilege escalation – gaining rights", "权限提升：获取更多权限"
    ),
    "stealth": Words("Stealth – hiding", "隐蔽：隐藏行踪"),
    "defense-impairment": Words("Defense impairment – blinding us", "削弱防御：让防护失明"),
    "credential-access": Words("Credential access – getting at passwords", "凭证访问：窃取口令"),
    "discovery": Words("Discovery – looking around inside", "发现：在内部探查"),
    "lateral-movement": Words("Lateral movement – on to other systems", "横向移动：转向其他系统"),
    "collection": Words("Collection – gathering data", "收集：汇集数据"),
    "command-and-control": Words(
        "Command and control – steering from afar", "命令与控制：远程操纵"
    ),
    "exfiltration": Words("Exfiltration – taking data out", "数据外传：把数据带走"),
    "impact": Words("Impact – doing harm", "影响：造成损害"),
}
OTHER = Words("Other signs", "其他迹象")

THREATS: Mapping[str, Words] = {
    number: Words(en, zh) for number, (en, zh) in AUTOMATED_THREATS.items()
}

RENAMED: Mapping[str, str] = {"defense-evasion": "stealth"}
"""Tactics as older releases of ATT&CK call them."""

RANK: Mapping[str, int] = {name: place for place, name in enumerate(ATTACK_TACTICS)}


class Stage(msgspec.Struct, frozen=True, order=True):
    """Where in an attack something stands; sorts in ATT&CK's order, what has no tactic last."""

    rank: int
    tactic: str
    """ATT&CK's short name, or empty."""

    @property
    def words(self) -> Words:
        return TACTICS.get(self.tactic, OTHER)


LAST = Stage(len(ATTACK_TACTICS), "")


def stage_of(tags: Iterable[str]) -> Stage:
    """The stage that a rule's Sigma tags name: of several tactics the one that is furthest on."""
    named = [tag.lower().removeprefix("attack.").replace("_", "-") for tag in tags]
    known = [RENAMED.get(name, name) for name in named]
    stages = [Stage(RANK[name], name) for name in known if name in RANK]
    return max(stages, default=LAST)


def threats_of(tags: Iterable[str]) -> list[str]:
    """Numbers of the automated threats that tags name, as ``008``."""
    numbers = (tag.lower().removeprefix("oat.") for tag in tags if tag.lower().startswith("oat."))
    return sorted({number for number in numbers if number in THREATS})
