"""Whether each step can be done: who, what, by when; and what an automatic one needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shangdun.respond.groups import Group
from shangdun.respond.playbook.extension import EXTENSION
from shangdun.respond.playbook.model import Automatic, Kind, Playbook, Step
from shangdun.respond.playbook.problem import Level, Problem
from shangdun.respond.playbook.view import extension_of

SHORTEST_TIMEOUT = 10_000
LONGEST_TIMEOUT = 30 * 24 * 3600 * 1000
LONGEST_MINUTES = 60 * 24 * 30
NEEDS: Mapping[Automatic, tuple[str, ...]] = {
    Automatic.BLOCK: ("entity", "what"),
    Automatic.UNBLOCK: ("entity", "what"),
    Automatic.COLLECT: ("query",),
    Automatic.SEARCH: ("query",),
    Automatic.NOTIFY: ("groups",),
    Automatic.HTTP: ("command",),
}
"""What each kind of automatic step cannot do without."""
ACTING = frozenset({Automatic.BLOCK, Automatic.UNBLOCK, Automatic.HTTP})
"""Those that change something outside: a person looks first, or is told that nobody does."""
ENTITIES = (
    "address", "ip", "range", "network", "country", "account", "staff", "session", "device",
)  # fmt: skip
"""Kinds of targets that decisions know (``protect.target``), and what playbooks call them."""


def step_problems(
    playbook: Playbook, library: Mapping[str, Playbook] | None = None
) -> Iterator[Problem]:
    """Everything about single steps."""
    del library
    keys: dict[str, str] = {}
    for step in playbook.steps.values():
        if keys.setdefault(step.key, step.id) != step.id:
            yield Problem(
                code="step.key",
                step=step.id,
                where=step.key,
                message="another step has this key",
                fix="give each step a key of its own",
            )
        yield from _times(step)
        if step.kind is Kind.ACTION:
            yield from _action(step)


def _action(step: Step) -> Iterator[Problem]:
    if step.group is None:
        yield Problem(
            code="step.owner",
            step=step.id,
            where="agent",
            message="no group of the plan does it",
            fix=f"say which group: {', '.join(Group)}",
        )
    if not (step.name.zh or step.name.en):
        yield Problem(
            code="step.name", step=step.id, where="name", message="it has no name",
            fix="say in a few words what is done",
        )  # fmt: skip
    yield from _commands(step)
    yield from _extension(step)
    if step.automatic is not None:
        yield from _automatic(step, step.automatic)


def _commands(step: Step) -> Iterator[Problem]:
    kinds = {command["type"] for command in step.raw.get("commands", ())}
    strange = sorted(kinds - {"manual", "http-api"})
    if strange:
        yield Problem(
            code="step.command",
            level=Level.WARNING,
            step=step.id,
            where=", ".join(strange),
            message="commands of this kind are not run here: people are shown them to do",
            fix="write what people have to do as a manual command",
        )
    if "http-api" in kinds and len(step.raw["commands"]) > 1:
        yield Problem(
            code="step.commands",
            step=step.id,
            where="commands",
            message="an HTTP call stands beside other commands",
            fix="give the call a step of its own, so that it is never made twice",
        )


def _extension(step: Step) -> Iterator[Problem]:
    said = extension_of(step.raw, "step_extensions").get("automatic")
    if said is not None and step.automatic is None:
        yield Problem(
            code="step.automatic",
            step=step.id,
            where=f"step_extensions.{EXTENSION}",
            message="there is no automatic step of this kind",
            fix=f"kind is one of {', '.join(Automatic)}",
        )


def _automatic(step: Step, kind: Automatic) -> Iterator[Problem]:
    for name in NEEDS[kind]:
        if not step.parameters.get(name):
            yield Problem(
                code="step.parameter",
                step=step.id,
                where=name,
                message=f"{kind.value} needs {name}",
                fix=f"give {name}",
            )
    if kind in (Automatic.BLOCK, Automatic.UNBLOCK):
        entity = step.parameters.get("entity")
        if entity and entity not in ENTITIES:
            yield Problem(
                code="step.entity", step=step.id, where=str(entity),
                message="nothing of this kind can be blocked", fix=f"one of {', '.join(ENTITIES)}",
            )  # fmt: skip
    if kind is Automatic.NOTIFY:
        groups = step.parameters.get("groups") or ()
        strange = sorted(str(group) for group in groups if group not in set(Group))
        if strange:
            yield Problem(
                code="step.groups", step=step.id, where=", ".join(strange),
                message="there is no such group", fix=f"one of {', '.join(Group)}",
            )  # fmt: skip
    if kind in ACTING and not step.confirm:
        yield Problem(
            code="step.confirm",
            level=Level.WARNING,
            step=step.id,
            message="it changes something outside and nobody looks first",
            fix="set confirm, unless waiting for a person does more harm",
        )


def _times(step: Step) -> Iterator[Problem]:
    timeout = step.raw.get("timeout")
    if timeout is not None and not SHORTEST_TIMEOUT <= timeout <= LONGEST_TIMEOUT:
        yield Problem(
            code="step.timeout",
            step=step.id,
            where="timeout",
            message=f"a time-out of {timeout} ms is none that people or machines can keep",
            fix=f"milliseconds, {SHORTEST_TIMEOUT} to {LONGEST_TIMEOUT} (30 days)",
        )
    if (step.delay_ms or 0) > LONGEST_TIMEOUT:
        yield Problem(
            code="step.delay", step=step.id, where="delay", message="it begins after weeks",
            fix=f"milliseconds, at most {LONGEST_TIMEOUT} (30 days)",
        )  # fmt: skip
    if step.minutes is not None and step.minutes > LONGEST_MINUTES:
        yield Problem(
            code="step.minutes", step=step.id, where="minutes",
            message="the time allowed is longer than a month",
            fix=f"minutes, at most {LONGEST_MINUTES}",
        )  # fmt: skip
    elif step.minutes and step.timeout_ms and step.timeout_ms < step.minutes * 60_000:
        yield Problem(
            code="step.early_timeout",
            level=Level.WARNING,
            step=step.id,
            where="timeout",
            message="the course goes on without it before its time is over",
            fix="a time-out is no shorter than the minutes allowed",
        )
