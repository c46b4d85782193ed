"""Security tests: whether the protection of the shop works, with the evidence."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from shangdun.actions.prove import do_start_proof
from shangdun.console.problems import said
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError
from shangdun.protect.prove.catalogue import MeasureKind
from shangdun.protect.prove.proof import Outcome, Result
from shangdun.protect.prove.settings import proof_config
from shangdun.records.models import ProofRun
from shangdun.records.proofs import get_proof, results_of, visible_proofs
from shangdun.records.roles import Capability

PAGE = 20
_WORST = (Outcome.FAILS, Outcome.UNSEEN, Outcome.UNKNOWN, Outcome.WORKS)


@page("proofs", Capability.VIEW_ENFORCERS, methods=("GET", "HEAD", "POST"))
def proofs(request: Request) -> HttpResponseBase:
    """The newest test as a whole, those before it as figures, and the button for another."""
    proof = proof_config(load_config(home_directory()))
    problem: Any = None
    if request.method == "POST":
        try:
            # only the configured shop: a console that attacks any address is a weapon
            started = do_start_proof(request.user, url=proof.url)
            return redirect("proof", started.pk)
        except UsageError as error:
            problem = said(error)
    rows = visible_proofs(request.user).filter(incident=None)
    last = rows.first()
    context = {
        "shop": proof.url,
        "every": proof.every_hours,
        "last": last,
        "state": _state(request, last) if last else None,
        "pages": Paginator(rows.defer("results"), PAGE).get_page(request.GET.get("page")),
        "problem": problem,
        "may_start": request.user.can(Capability.MANAGE_ENFORCERS, Capability.DECIDE),
    }
    return render(request, "proofs/list.html", context)


@page("proofs", Capability.VIEW_ENFORCERS)
def proof(request: Request, proof_id: int) -> HttpResponse:
    """One test."""
    row = get_proof(request.user, proof_id)
    return render(request, "proofs/page.html", {"run": row, "state": _state(request, row)})


@page("proofs", Capability.VIEW_ENFORCERS)
def state(request: Request, proof_id: int) -> HttpResponseBase:
    """How far it is, and what came of it."""
    return answer(request, _state(request, get_proof(request.user, proof_id)))


def _state(request: Request, row: ProofRun) -> Fragment:
    results = results_of(row)
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    context = {
        "run": row,
        "done": round(100 * row.progress),
        "groups": [
            (kind, [_shown(one, language) for one in ordered]) for kind, ordered in _groups(results)
        ],
    }
    return render_fragment(request, "proofs/state.html", context)


def _groups(results: list[Result]) -> list[tuple[MeasureKind, list[Result]]]:
    """By kind; what does not work stands first, in a group and of the groups."""
    by_kind: dict[MeasureKind, list[Result]] = {kind: [] for kind in MeasureKind}
    for result in sorted(results, key=_rank):
        by_kind[result.kind].append(result)
    found = [(kind, ordered) for kind, ordered in by_kind.items() if ordered]
    return sorted(found, key=lambda pair: _rank(pair[1][0]))


def _rank(result: Result) -> int:
    return _WORST.index(result.outcome)


def _shown(result: Result, language: str) -> dict[str, Any]:
    return {
        "title": result.title[language],
        "outcome": result.outcome,
        "held": sum(one.stopped for one in result.exchanges),
        "sent": len(result.exchanges),
        "seen": result.seconds_to_see,
        "slowest": max((one.milliseconds for one in result.exchanges), default=0.0),
        "exchanges": result.exchanges[:10],
    }
