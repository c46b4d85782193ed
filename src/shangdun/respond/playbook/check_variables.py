"""Whether every variable has a right name and a value before somebody asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shangdun.respond.playbook.condition import ConditionError, asked, switched
from shangdun.respond.playbook.model import Kind, Playbook, Step
from shangdun.respond.playbook.problem import Level, Problem
from shangdun.respond.playbook.variables import uses

_CONDITIONS = (Kind.IF, Kind.WHILE, Kind.SWITCH)


def variable_problems(
    playbook: Playbook, library: Mapping[str, Playbook] | None = None
) -> Iterator[Problem]:
    """Everything about variables and the conditions that read them."""
    known = {variable.name for variable in playbook.variables}
    given = {v.name for v in playbook.variables if v.value is not None or v.external}
    given |= {name for step in playbook.steps.values() for name in step.out_args}
    constant = {variable.name for variable in playbook.variables if variable.constant}
    for step in playbook.steps.values():
        own = {variable.name for variable in step.variables}
        yield from _undefined(step, known | own)
        yield from _condition(step, known | own, given | own)
        yield from _arguments(step, known | own, constant)
        yield from _handed_over(step, library)
    yield from _unused(playbook)


def _undefined(step: Step, known: set[str]) -> Iterator[Problem]:
    for name in uses(_texts(step.raw)):
        if name not in known:
            yield Problem(
                code="variable.undefined",
                step=step.id,
                where=name,
                message=f"nothing defines {name}",
                fix="define it among the playbook's variables, or correct its name",
            )


def _condition(step: Step, known: set[str], given: set[str]) -> Iterator[Problem]:
    if step.kind not in _CONDITIONS:
        return
    try:
        if step.kind is Kind.SWITCH:
            names: tuple[str, ...] = (switched(step.condition),)
        else:
            names = asked(step.condition)
    except ConditionError as error:
        yield Problem(
            code=error.code,
            step=step.id,
            where=f"column {error.where}",
            message=error.message,
            fix=error.fix,
        )
        return
    for name in names:
        if name not in known:
            yield Problem(
                code="variable.undefined", step=step.id, where=name,
                message=f"nothing defines {name}", fix="define it, or correct its name",
            )  # fmt: skip
        elif name not in given:
            yield Problem(
                code="variable.unset",
                step=step.id,
                where=name,
                message=f"{name} decides what follows, and no step gives it a value",
                fix="give it a value at the start, or name it in out_args of a step before",
            )


def _arguments(step: Step, known: set[str], constant: set[str]) -> Iterator[Problem]:
    for place, names in (("in_args", step.in_args), ("out_args", step.out_args)):
        for name in names:
            if name not in known:
                yield Problem(
                    code="variable.undefined", step=step.id, where=name,
                    message=f"{place} names {name}, which nothing defines",
                    fix="define it among the playbook's variables, or correct its name",
                )  # fmt: skip
    for name in sorted(constant & set(step.out_args)):
        yield Problem(
            code="variable.constant",
            step=step.id,
            where=name,
            message=f"{name} is constant, so this step cannot give it a value",
            fix="make it no constant, or take it out of out_args",
        )


def _handed_over(step: Step, library: Mapping[str, Playbook] | None) -> Iterator[Problem]:
    called = (library or {}).get(step.playbook_id) if step.kind is Kind.PLAYBOOK else None
    if called is None:
        return
    theirs = {variable.name for variable in called.variables}
    for name in (*step.in_args, *step.out_args):
        if name not in theirs:
            yield Problem(
                code="variable.not_theirs",
                step=step.id,
                where=name,
                message=f"the playbook that it calls has no variable {name}",
                fix="use the same name in both playbooks",
            )


def _unused(playbook: Playbook) -> Iterator[Problem]:
    used = set(uses(_texts(playbook.document["workflow"])))
    for step in playbook.steps.values():
        used |= {*step.in_args, *step.out_args}
        if step.kind in _CONDITIONS:
            try:
                used |= (
                    {switched(step.condition)}
                    if step.kind is Kind.SWITCH
                    else set(asked(step.condition))
                )
            except ConditionError:
                continue
    for variable in playbook.variables:
        if variable.name not in used:
            yield Problem(
                code="variable.unused",
                level=Level.WARNING,
                where=variable.name,
                message=f"nothing uses {variable.name}",
                fix="remove it, or use it",
            )


def _texts(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
