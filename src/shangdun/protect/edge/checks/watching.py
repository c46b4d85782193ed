"""Whether the edge inspects, tells, and does what was decided."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path

from shangdun.kernel.severity import Severity
from shangdun.protect.edge.problem import Problem, Subject, shops
from shangdun.protect.edge.secrules import read_rules
from shangdun.protect.edge.tree import Directive


def check_inspection(subject: Subject) -> Iterator[Problem]:
    """Off, only looking, without rules, blind for bodies."""
    for server in shops(subject.nginx):
        if server.value("modsecurity", "off") != "on":
            yield _problem(
                server,
                "inspect.off",
                Severity.MEDIUM,
                "no request is inspected here",
                "An injection reaches the shop as it was sent.",
                "modsecurity on; with the Core Rule Set, or shangdun-guard inside the shop",
            )
            continue
        named = "modsecurity_rules_file"
        for one in dict.fromkeys([*server.effective(named), *server.every(named)]):
            yield from _rules(one)


def _rules(one: Directive) -> Iterator[Problem]:
    rules = read_rules(Path(one.args[0]))
    told = rules.last
    if rules.missing:
        words = f"{', '.join(rules.missing[:3])} cannot be read"
        yield _problem(one, "inspect.missing", Severity.HIGH, words,
                       "Rules that are not read stop nothing.", "check the names")  # fmt: skip
    if told.get("secruleengine", "off").lower() == "detectiononly":
        yield _problem(
            one, "inspect.looking", Severity.MEDIUM, "requests are inspected, none is stopped",
            "SecRuleEngine DetectionOnly tells, but lets everything pass.",
            "SecRuleEngine On, once the log shows whom it would turn away")  # fmt: skip
    elif told.get("secruleengine", "off").lower() != "on":
        yield _problem(one, "inspect.off", Severity.HIGH, "SecRuleEngine is off",
                       "Nothing is inspected.", "SecRuleEngine On")  # fmt: skip
    if not any("REQUEST-942" in file for file in rules.files):
        yield _problem(one, "inspect.rules", Severity.HIGH, "the Core Rule Set is not loaded",
                       "The engine alone knows no attack.",
                       "apt install modsecurity-crs, and include its rules")  # fmt: skip
    if told.get("secrequestbodyaccess", "off").lower() != "on":
        yield _problem(one, "inspect.bodies", Severity.HIGH, "bodies are not looked at",
                       "What is posted, as most attacks are, passes unseen.",
                       "SecRequestBodyAccess On")  # fmt: skip
    if told.get("secauditlogformat", "native").lower() != "json":
        yield _problem(one, "inspect.log", Severity.MEDIUM, "the audit log is not in JSON",
                       "ShangDun reads it as JSON: what was stopped is not seen there.",
                       "SecAuditLogFormat JSON")  # fmt: skip
    if set("CEI") & set(told.get("secauditlogparts", "").upper()):
        yield _problem(one, "inspect.secrets", Severity.MEDIUM, "bodies stand in the audit log",
                       "They hold passwords and card numbers (PCI DSS 3.3).",
                       "SecAuditLogParts ABFHZ")  # fmt: skip
    if told.get("secstatusengine", "off").lower() == "on":
        yield _problem(one, "inspect.status", Severity.LOW, "versions are told to a third party",
                       "SecStatusEngine looks up a name that holds them.",
                       "SecStatusEngine Off")  # fmt: skip


def check_logs(subject: Subject) -> Iterator[Problem]:
    """Off, or written where nobody looks."""
    for server in shops(subject.nginx):
        found = server.effective("access_log")
        where = found[-1] if found else server
        path = found[-1].args[0] if found else "/var/log/nginx/access.log"
        if path == "off":
            yield _problem(where, "logs.off", Severity.HIGH, "no access log is written",
                           "What was not written down is not found; the law asks for six months.",
                           "access_log /var/log/nginx/access.log;")  # fmt: skip
        elif subject.watched and not any(_covers(pattern, path) for pattern in subject.watched):
            yield _problem(where, "logs.unwatched", Severity.MEDIUM, f"no source follows {path}",
                           "What happens here is written down and never looked at.",
                           "add it on the Sources page")  # fmt: skip


def _covers(pattern: str, path: str) -> bool:
    return fnmatch.fnmatch(path, pattern)


def check_decisions(subject: Subject) -> Iterator[Problem]:
    """Blocked in the console, but not at the door."""
    if not subject.decisions_folder:
        return
    for server in shops(subject.nginx):
        wired = any(one.startswith(subject.decisions_folder) for one in subject.nginx.files)
        if not wired:
            yield _problem(server, "decisions.unwired", Severity.MEDIUM,
                           "decisions are not enforced here",
                           "Who is blocked in ShangDun still gets in through this door.",
                           f"include {subject.decisions_folder}/server.conf; or another enforcer",
                           )  # fmt: skip


def _problem(
    one: Directive, code: str, severity: Severity, what: str, why: str, fix: str
) -> Problem:
    return Problem(code=code, severity=severity, where=one.where, what=what, why=why, fix=fix)
