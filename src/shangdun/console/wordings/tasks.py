"""Tasks, runs of playbooks and automatic steps, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from shangdun.records.models import Task, TimelineKind

ACTIONS: dict[str, Promise] = {
    "add_task": gettext_lazy("added a task"),
    "edit_task": gettext_lazy("changed a task"),
    "note_task": gettext_lazy("commented on a task"),
    "take_task": gettext_lazy("took a task"),
    "hand_task": gettext_lazy("handed a task on"),
    "finish_task": gettext_lazy("finished a task"),
    "fail_task": gettext_lazy("said that a task failed"),
    "skip_task": gettext_lazy("skipped a task"),
    "reopen_task": gettext_lazy("reopened a task"),
    "let_act": gettext_lazy("let an automatic step act"),
    "claim_step": gettext_lazy("began an automatic step"),
    "record_step": gettext_lazy("recorded how an automatic step went"),
    "remind_tasks": gettext_lazy("reminded of overdue tasks"),
    "pass_time": gettext_lazy("let playbooks go on by the clock"),
    "add_run": gettext_lazy("began a playbook"),
    "stop_run": gettext_lazy("stopped a playbook"),
}
PROBLEMS: dict[str, Promise] = {
    "task.waiting": gettext_lazy("This task waits for others: do or skip those first."),
    "task.over": gettext_lazy("This task is over. Reopen it to work on it again."),
    "task.reason": gettext_lazy("Say why in a sentence."),
    "task.automatic": gettext_lazy("This step acts by itself: wait for its end."),
    "task.outcome": gettext_lazy("The playbook asks for an answer: what comes next depends on it."),
    "task.whom": gettext_lazy("Name a person or a group."),
    "task.title": gettext_lazy("Say in one line what is to do."),
    "task.minutes": gettext_lazy("Allow a minute to a year."),
    "task.many": gettext_lazy("This incident has too many tasks: finish some, or join them."),
    "task.group": gettext_lazy("This task is another group's: ask them to hand it to you."),
    "run.many": gettext_lazy("This incident has too many playbooks: stop one first."),
    "run.disabled": gettext_lazy("This playbook is not in use."),
    "course.state": gettext_lazy("Somebody was first, or its time has not come: look again."),
    "course.value": gettext_lazy("The playbook does not ask for this answer."),
    "course.key": gettext_lazy("The playbook never came to this step."),
}
ICONS: dict[str, str] = {
    TimelineKind.TASK: "clipboard-document-check",
    TimelineKind.STEP: "bolt",
    TimelineKind.PLAYBOOK: "map",
}
LABELS: dict[str, Promise | str] = {
    "state": gettext_lazy("State"),
    "owner": gettext_lazy("Owner"),
    "group": gettext_lazy("Group"),
    "result": gettext_lazy("What came out"),
    "outcome": gettext_lazy("Answers"),
    "title": gettext_lazy("What is to do"),
    "instruction": gettext_lazy("How"),
    "due": gettext_lazy("Due"),
    "note": gettext_lazy("Why"),
}


def chinese() -> bool:
    """Whether the page speaks Chinese."""
    return (get_language() or "").startswith("zh")


def spoken(zh: str, en: str) -> str:
    """The one of two that the page's language asks for; the other where it is missing."""
    return (zh or en) if chinese() else (en or zh)


def title_of(task: Task) -> str:
    return spoken(task.title_zh, task.title_en)


def instruction_of(task: Task) -> str:
    return spoken(task.instruction_zh, task.instruction_en)


def automatic_label(kind: str) -> str:
    """The kind of an automatic step in words."""
    return {
        "block": _("Turn away"),
        "unblock": _("Let in again"),
        "collect": _("Collect evidence"),
        "search": _("Search the events"),
        "http-api": _("HTTP call"),
        "notify": _("Tell groups"),
    }.get(kind, _("Course of the playbook"))


def parameter_words(kind: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an automatic step is told, as name and value."""
    names: list[tuple[str, str]] = [
        ("what", _("Whom")),
        ("entity", _("Kind")),
        ("measure", _("Measure")),
        ("minutes", _("Minutes")),
        ("query", _("Search")),
        ("hours", _("Hours back")),
        ("name", _("Name of the evidence")),
        ("groups", _("Groups")),
        ("message", _("Message")),
        ("command", _("Call")),
        ("content", _("Content")),
    ]
    shown = [(_("Kind of step"), automatic_label(kind))]
    for name, label in names:
        value = parameters.get(name)
        if value not in (None, "", [], {}):
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            shown.append((label, text[:2000]))
    return shown


def did_words(did: Mapping[str, Any]) -> str:
    """What came of an automatic step."""
    tell = _DID.get(str(did.get("what", "")))
    return tell(did) if tell else ""


def _listed(did: Mapping[str, Any], name: str) -> str:
    values = [str(value) for value in did.get(name) or []]
    more = f" … +{len(values) - 5}" if len(values) > 5 else ""
    return _(", ").join(values[:5]) + more


def _blocked(did: Mapping[str, Any]) -> str:
    parts = []
    if did.get("decided"):
        parts.append(_("turned away: %(whom)s") % {"whom": _listed(did, "decided")})
    if did.get("proposed"):
        told = _("waits for a person, as paying customers are among them: %(whom)s")
        parts.append(told % {"whom": _listed(did, "proposed")})
    return _joined(parts, did)


def _would_block(did: Mapping[str, Any]) -> str:
    parts = []
    if did.get("decided"):
        told = _("rehearsed; it would have turned away: %(whom)s")
        parts.append(told % {"whom": _listed(did, "decided")})
    return _joined(parts, did)


def _joined(parts: list[str], did: Mapping[str, Any]) -> str:
    met = int(did.get("requests") or 0)
    if met or did.get("orders"):
        told = _("in the last day that met %(requests)s requests, %(orders)s orders")
        parts.append(told % {"requests": met, "orders": int(did.get("orders") or 0)})
    if did.get("payers"):
        told = _("recently paying customers among them: %(number)s")
        parts.append(told % {"number": int(did["payers"])})
    if did.get("refused"):
        parts.append(_("refused: %(whom)s") % {"whom": _listed(did, "refused")})
    return _("; ").join(parts)


def _unblocked(did: Mapping[str, Any]) -> str:
    if not did.get("decided") and not did.get("refused"):
        return _("nothing stood that could be taken back")
    rehearsed = did.get("what") == "would_unblock"
    told = (
        _("rehearsed; it would have let in again: %(whom)s")
        if rehearsed
        else _("let in again: %(whom)s")
    )
    parts = [told % {"whom": _listed(did, "decided")}] if did.get("decided") else []
    return _joined(parts, did)


def _found(did: Mapping[str, Any]) -> str:
    rows = int(did.get("rows") or 0)
    told = ngettext("%(shown)s event found", "%(shown)s events found", rows) % {"shown": rows}
    return told + (_(", and there are more") if did.get("more") else "")


def _called(did: Mapping[str, Any]) -> str:
    place = f"{did.get('method', '')} {did.get('place', did.get('call', ''))}".strip()
    if did.get("what") == "would_http":
        return _("rehearsed; it would have called %(place)s") % {"place": place}
    if "status" in did:
        told = _("%(place)s answered %(status)s")
        return told % {"place": place, "status": did["status"]}
    return place


def _notified(did: Mapping[str, Any]) -> str:
    del did
    return _("the groups are told")


_DID: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "block": _blocked,
    "would_block": _would_block,
    "unblock": _unblocked,
    "would_unblock": _unblocked,
    "collect": _found,
    "search": _found,
    "http": _called,
    "would_http": _called,
    "notify": _notified,
}


def _named(data: Mapping[str, Any]) -> dict[str, str]:
    return {"task": spoken(str(data.get("zh", "")), str(data.get("en", "")))}


def _says(sentence: Promise) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: str(sentence) % _named(data)


def _opened(data: Mapping[str, Any]) -> str:
    titles = list(data.get("zh" if chinese() else "en") or [])
    told = ngettext("a task can begin: %(tasks)s", "tasks can begin: %(tasks)s", len(titles))
    return told % {"tasks": _(", ").join(map(str, titles))}


def _taken(data: Mapping[str, Any]) -> str:
    if data.get("over"):
        return _("took “%(task)s” over from %(who)s") % {**_named(data), "who": data["over"]}
    return _("took “%(task)s”") % _named(data)


def _finished(data: Mapping[str, Any]) -> str:
    told = _("finished “%(task)s”") % _named(data)
    answers = data.get("outcome") or {}
    shown = [f"{str(name).strip('_')} = {value}" for name, value in sorted(answers.items())]
    return f"{told} ({_(', ').join(shown)})" if shown else told


def _handed(data: Mapping[str, Any]) -> str:
    told = _("handed “%(task)s” to %(who)s")
    return told % {**_named(data), "who": data.get("to", "")}


def _acted(data: Mapping[str, Any]) -> str:
    told = _("did “%(task)s” by itself") % _named(data)
    did = did_words(data.get("did") or {})
    return _("%(step)s: %(did)s") % {"step": told, "did": did} if did else told


def _begun(data: Mapping[str, Any]) -> str:
    number = int(data.get("tasks") or 0)
    told = ngettext(
        "began the playbook “%(task)s”: %(shown)s task",
        "began the playbook “%(task)s”: %(shown)s tasks",
        number,
    )
    return told % {**_named(data), "shown": number}


TASK, STEP, PLAYBOOK = TimelineKind.TASK, TimelineKind.STEP, TimelineKind.PLAYBOOK
_OF_BOTH: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "added": _says(gettext_lazy("added the task “%(task)s”")),
    "edited": _says(gettext_lazy("changed the task “%(task)s”")),
    "noted": _says(gettext_lazy("commented on “%(task)s”")),
    "ready": _says(gettext_lazy("“%(task)s” can begin")),
    "opened": _opened,
    "taken": _taken,
    "done": _finished,
    "failed": _says(gettext_lazy("said that “%(task)s” failed")),
    "skipped": _says(gettext_lazy("skipped “%(task)s”")),
    "reopened": _says(gettext_lazy("reopened “%(task)s”")),
    "handed": _handed,
    "handed_group": _says(gettext_lazy("handed “%(task)s” to another group")),
    "overdue": _says(gettext_lazy("“%(task)s” is overdue: its people are reminded")),
    "escalated": _says(gettext_lazy("“%(task)s” is still overdue: leadership is told")),
    "timed_out": _says(gettext_lazy("“%(task)s” took too long: the playbook goes on without it")),
    "cancelled": _says(gettext_lazy("“%(task)s” is not needed any more")),
    "stuck": _says(
        gettext_lazy("the playbook cannot go on at “%(task)s”: a person has to say how")
    ),
    "let_act": _says(gettext_lazy("let “%(task)s” act")),
    "acted": _acted,
    "step_failed": _says(gettext_lazy("“%(task)s” did not succeed")),
    "unsure": _says(
        gettext_lazy("nobody saw whether “%(task)s” was carried out: a person has to look")
    ),
}
TALES: dict[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    **{(kind, what): tell for kind in (TASK, STEP) for what, tell in _OF_BOTH.items()},
    (PLAYBOOK, "begun"): _begun,
    (PLAYBOOK, "stopped"): _says(gettext_lazy("stopped the playbook “%(task)s”")),
    (PLAYBOOK, "run_done"): _says(gettext_lazy("the playbook “%(task)s” came to its end")),
    (PLAYBOOK, "run_failed"): _says(
        gettext_lazy("the playbook “%(task)s” ended by its way for failures")
    ),
}
