"""Editing a copy of a rule: checked while one writes, tried on yesterday, then in force."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.save_rule import (
    do_remove_rule_document,
    do_revert_rule_document,
    do_save_rule_document,
)
from shangdun.actions.try_rule import do_try_rule
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.rulepage import explained
from shangdun.console.ruletext import difference, text_of, with_id, with_parts
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.words import entity_label
from shangdun.detect.rule_document import Document, read_document
from shangdun.kernel.errors import Conflict, NotFound, RuleError, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import DocumentOrigin, HuntRun
from shangdun.records.roles import Capability
from shangdun.records.rule_documents import stored_lists
from shangdun.records.rule_history import document_of, get_trial, versions_of

NEW = """\
title: 
status: experimental
description: 
level: medium
logsource:
  category: webserver
detection:
  selection:
    cs-uri-query|contains: 
  condition: selection
"""  # noqa: W291  what is to be filled in
LONGEST = 200_000
ENTITIES_SHOWN = 12
SAMPLES_SHOWN = 5


@page("rules", Capability.MANAGE_RULES, methods=("GET", "HEAD", "POST"))
def new(request: Request) -> HttpResponseBase:
    """A rule of one's own."""
    return _editor(request, "", NEW, 0)


@page("rules", Capability.MANAGE_RULES, methods=("GET", "HEAD", "POST"))
def edit(request: Request, uid: str) -> HttpResponseBase:
    """A copy of a rule that stands in a file, or the copy that there is."""
    row = document_of(request.user, uid)
    rule = RULEBOOK.get(uid)
    if rule is None and (row is None or not row.live):
        raise NotFound("there is no such rule", where=uid, fix="look at the list")
    text = row.text if row and row.live else with_id(text_of(rule), rule) if rule else ""
    return _editor(request, uid, text, row.version if row else 0)


@page("rules", Capability.MANAGE_RULES)
def trial(request: Request, run_id: int) -> HttpResponse:
    """How far a trial is, and what the rule would have found."""
    run = get_trial(request.user, run_id)
    return answer(request, render_fragment(request, "rules/trial.html", _trial(request, run)))


@page("rules", Capability.VIEW_RULES)
def history(request: Request, uid: str) -> HttpResponseBase:
    """Every version with what changed, newest first."""
    row = document_of(request.user, uid)
    if row is None:
        raise NotFound("this rule was never changed", where=uid, fix="see its page")
    versions = list(versions_of(request.user, uid).select_related("imported")[:50])
    older = {one.number: one.text for one in versions}
    shown = [(one, difference(older.get(one.number - 1, ""), one.text)) for one in versions]
    rule = explained(uid)
    title = rule.title if rule.rule else row.title
    context = {"rule": rule, "title": title, "row": row, "versions": shown}
    return render(request, "rules/history.html", context)


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def revert(request: Request, uid: str) -> HttpResponseBase:
    """Make an earlier version the newest."""
    number = request.POST.get("number", "")
    try:
        do_revert_rule_document(
            request.user,
            uid=uid,
            number=int(number) if number.isdecimal() and len(number) < 7 else 0,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, _("The earlier version is in force in a few seconds."))
    except (UsageError, RuleError) as error:
        messages.error(request, str(said(error)))
    return redirect("rule_history", uid)


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def remove(request: Request, uid: str) -> HttpResponseBase:
    """Delete the copy; the rule that it replaced is in force again."""
    try:
        do_remove_rule_document(request.user, uid=uid, reason=request.POST.get("reason", ""))
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("rule_history", uid)
    RULEBOOK.forget_looking()
    messages.success(request, _("The copy is gone."))
    return redirect("rule", uid) if RULEBOOK.get(uid) else redirect("rule_history", uid)


def _editor(request: Request, uid: str, text: str, version: int) -> HttpResponseBase:
    context: dict[str, Any] = {"uid": uid, "text": text, "version": version, "before": text}
    if uid:
        context["rule"] = explained(uid)
    if request.method != "POST":
        return render(request, "rules/edit.html", context | _numbers(text))
    written = request.POST.get("text", "").replace("\r\n", "\n")[:LONGEST]
    context |= {"text": written, "reason": request.POST.get("reason", "")} | _numbers(written)
    posted = request.POST.get("version", "")
    context["version"] = int(posted) if posted.isdecimal() and len(posted) < 7 else version
    context["diff"] = difference(text, written) if uid else []
    try:
        document = read_document(written, lists=stored_lists())
        if "save" in request.POST:
            return _save(request, uid, written, context["version"], context["reason"])
        if "try" in request.POST:
            context["trial"] = _start(request, uid, document, written)
        context["sound"] = document
    except EditConflict as error:
        context |= {"conflict": error.theirs, "diff": difference(error.theirs["text"], written)}
    except RuleError as error:
        line = error.where.rpartition(":")[2]
        told = error.message if error.code == "rule.document" else str(said(error))
        context |= {"wrong": told, "line": int(line) if line.isdecimal() else 1}
    except (UsageError, Conflict) as error:
        context["problem"] = str(said(error))
    bad = context.keys() & {"wrong", "problem", "conflict"}
    return render(request, "rules/edit.html", context, status=422 if bad else 200)


def _save(request: Request, uid: str, text: str, version: int, reason: str) -> HttpResponseBase:
    shipped = uid and not _written_here(request, uid)
    row = do_save_rule_document(
        request.user,
        text=text,
        reason=reason,
        origin=DocumentOrigin.EDITED if shipped else DocumentOrigin.WRITTEN,
        uid=uid,
        version=version if uid else None,
    )
    RULEBOOK.forget_looking()
    messages.success(request, _("Saved. It is in force in a few seconds."))
    return redirect("rule", row.uid) if RULEBOOK.get(row.uid) else redirect("rules")


def _written_here(request: Request, uid: str) -> bool:
    row = document_of(request.user, uid)
    return row is not None and row.origin in {DocumentOrigin.WRITTEN, DocumentOrigin.PROPOSED}


def _start(request: Request, uid: str, document: Document, text: str) -> dict[str, Any]:
    rule = RULEBOOK.get(uid) if uid else None
    whole = with_parts(text, rule, document.refers)
    run = do_try_rule(request.user, uid=document.uid, title=document.title, text=whole)
    return {
        "fragment": render_fragment(request, "rules/trial.html", _trial(request, run)),
        "run": run,
    }


def _trial(request: Request, run: HuntRun) -> dict[str, Any]:
    """Counts for whoever may change rules; events for whoever may see events."""
    entities: Counter[tuple[str, str]] = Counter()
    for found in run.findings:
        for entity in found["entities"][:1]:
            entities[entity["kind"], entity["value"]] += found["count"]
    samples = []
    if request.user.can(Capability.SEARCH_EVENTS):
        evidences = [one["evidences"][-1] for one in run.findings if one["evidences"]]
        samples = [one["raw"] for one in evidences if one["raw"]][:SAMPLES_SHOWN]
    return {
        "run": run,
        "percent": round(100 * run.progress),
        "entities": [
            (entity_label(kind), value, number)
            for (kind, value), number in entities.most_common(ENTITIES_SHOWN)
        ],
        "samples": samples,
        "partial": run.found > len(run.findings),
    }


def _numbers(text: str) -> dict[str, Any]:
    return {"numbers": range(1, text.count("\n") + 2), "rows": max(18, text.count("\n") + 2)}
