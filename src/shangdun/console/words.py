"""The words and signs of the field, translated once: severities, entities, formats."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shangdun.console.wordings import action_words
from shangdun.kernel.severity import Severity
from shangdun.records.models.findings import SEVERITIES

_SEVERITY_LABELS = dict(SEVERITIES)

SEVERITY_BARS = {
    "unknown": 0,
    "informational": 0,
    "low": 1,
    "medium": 2,
    "high": 3,
    "critical": 4,
    "fatal": 4,
}
"""How many bars a severity's sign has lit; four means a sign of its own."""

ENTITY_LABELS: dict[str, Promise] = {
    "account": _("Account"),
    "address": _("Address"),
    "session": _("Session"),
    "order": _("Order"),
    "card": _("Card"),
    "coupon": _("Coupon"),
    "product": _("Product"),
    "host": _("Host"),
    "staff": _("Staff"),
    "device": _("Device"),
    "probe": _("Probe"),
    "source": _("Source"),
    "objective": _("Objective"),
    "process": _("Process"),
    "rule": _("Rule"),
    "figure": _("Figure"),
}
ENTITY_ICONS = {
    "account": "user",
    "address": "globe-alt",
    "session": "finger-print",
    "order": "shopping-bag",
    "card": "credit-card",
    "coupon": "ticket",
    "product": "cube",
    "host": "server",
    "staff": "identification",
    "device": "device-phone-mobile",
    "probe": "globe-alt",
    "source": "signal",
    "objective": "fire",
    "process": "cpu-chip",
    "rule": "document-magnifying-glass",
    "figure": "chart-bar",
}

FORMAT_TITLES: dict[str, Promise] = {
    "combined": _("Web access log (nginx, Apache: combined)"),
    "json": _("JSON lines, fields kept as they are"),
    "ocsf": _("JSON lines in OCSF"),
    "windows": _("Windows event log, exported as JSON"),
    "modsecurity": _("ModSecurity audit log (JSON)"),
    "eve": _("Suricata alerts (EVE)"),
    "syslog": _("Syslog (sshd, sudo, kernel and others)"),
    "auditd": _("Linux audit log (auditd)"),
    "shop": _("Business events of the shop"),
    "http": _("Raw HTTP requests"),
}


def severity_key(value: int) -> str:
    """`high` for 4: the name that styles and addresses use."""
    try:
        return Severity(value).name.lower()
    except ValueError:
        return "unknown"


def severity_label(value: int) -> Promise | str:
    return _SEVERITY_LABELS.get(value, _SEVERITY_LABELS[0])


def entity_label(kind: str) -> Promise | str:
    return ENTITY_LABELS.get(kind, kind)


def format_title(name: str) -> Promise | str:
    return FORMAT_TITLES.get(name, name)


def spoken(texts: dict[str, str], fallback: str = "") -> str:
    """Of a rule's bilingual text the one in the page's language, else the other."""
    chinese = (get_language() or "").startswith("zh")
    first, second = ("zh", "en") if chinese else ("en", "zh")
    return texts.get(first) or texts.get(second) or fallback


def spoken_list(texts: dict[str, list[str]]) -> list[str]:
    """As ``spoken``, for lists of steps."""
    chinese = (get_language() or "").startswith("zh")
    first, second = ("zh", "en") if chinese else ("en", "zh")
    return texts.get(first) or texts.get(second) or []


ACTION_LABELS: dict[str, Promise] = {
    "approve_filter": _("put a filter into force"),
    "end_suppression": _("ended a suppression"),
    "judge_finding": _("judged a finding"),
    "merge_incidents": _("merged incidents"),
    "suppress_findings": _("suppressed findings"),
    "assign_incident": _("assigned an incident"),
    "assign_roles": _("gave roles"),
    "name_person": _("changed a person's name"),
    "add_probe": _("added a probe"),
    "add_source": _("added a source"),
    "change_probe": _("changed a probe"),
    "remove_probe": _("removed a probe"),
    "change_source": _("changed a source"),
    "checkpoint_ledger": _("signed a checkpoint"),
    "close_incident": _("closed an incident"),
    "comment_on_incident": _("commented on an incident"),
    "add_to_rule_list": _("added to a rule list"),
    "remove_from_rule_list": _("took something off a rule list"),
    "remove_rule_list": _("removed a rule list"),
    "save_rule_document": _("changed a rule"),
    "revert_rule_document": _("took a rule back to an earlier version"),
    "remove_rule_document": _("deleted a copy of a rule"),
    "try_rule": _("tried a rule"),
    "stage_rule_import": _("looked at an import of rules"),
    "apply_rule_import": _("imported rules"),
    "drop_rule_import": _("gave an import of rules up"),
    "undo_rule_import": _("took an import of rules back"),
    "create_first_administrator": _("made the first administrator"),
    "create_user": _("added a person"),
    "disable_rule": _("switched a rule off"),
    "enable_rule": _("switched a rule on"),
    "issue_source_token": _("issued a token"),
    "add_enforcer": _("connected an enforcer"),
    "issue_enforcer_key": _("made a key for an enforcer"),
    "remove_enforcer": _("removed an enforcer"),
    "move_incident": _("moved an incident"),
    "record_failed_login": _("failed to sign in"),
    "record_findings": _("recorded findings"),
    "record_login": _("signed in"),
    "record_logout": _("signed out"),
    "record_password_change": _("changed the password"),
    "refuse": _("was refused"),
    "remove_source": _("removed a source"),
    "report_incident": _("reported an incident"),
    "reset_password": _("issued a one-time password"),
    "set_preferences": _("changed preferences"),
    "switch_account": _("switched an account"),
    "take_incident": _("took an incident"),
    "decide": _("decided about a visitor"),
    "confirm_decision": _("confirmed a decision"),
    "confirm_decisions": _("confirmed decisions"),
    "refuse_decision": _("refused a proposed decision"),
    "refuse_decisions": _("refused proposed decisions"),
    "undo_decision": _("undid a decision"),
    "undo_decisions": _("undid decisions"),
    "answer_offences": _("decided by policy"),
    "expire_decisions": _("let decisions run out"),
    "protect": _("entered somebody who is never turned away"),
    "unprotect": _("took somebody off the never-block list"),
    "follow_never_block": _("followed lists of who is never turned away"),
    "verify_crawlers": _("verified search engines"),
    "announce_sale": _("announced a sale"),
    "cancel_sale": _("called an announced sale off"),
    "start_hunt": _("ran a rule over the past"),
    "cancel_hunt": _("cancelled a hunt"),
    "start_proof": _("began a security test"),
    "finish_proof": _("kept the results of a security test"),
    "save_search": _("saved a search"),
    "remove_search": _("removed a saved search"),
    "export_events": _("exported events"),
}
"""The ledger's actions in words; the test of the ledger page holds them against the actions."""


def action_label(name: str) -> Promise | str:
    label = ACTION_LABELS.get(name)
    return action_words().get(name, name) if label is None else label
