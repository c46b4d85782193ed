"""The typed view of a document whose shape holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group
from shangdun.respond.phases import Phase
from shangdun.respond.playbook.extension import EXTENSION, group_agent
from shangdun.respond.playbook.model import Automatic, Kind, Playbook, Step, Text, Variable

_ENDS = ("on_completion", "on_success", "on_failure", "on_true", "on_false")
_TYPES = {kind.value for kind in Type}
_GROUPS = {group.value: group for group in Group}


def view(document: Mapping[str, Any]) -> Playbook:
    """Read a document; what its extension says wrongly counts as not said (``checks`` tells)."""
    own = extension_of(document, "playbook_extensions")
    groups = groups_of(document)
    language = language_of(own)
    steps = {
        identifier: _step(identifier, raw, groups, language)
        for identifier, raw in _in_order(document["workflow"], own)
    }
    return Playbook(
        document=document,
        id=document["id"],
        name=_text(document, own, "name", language),
        description=_text(document, own, "description", language),
        types=tuple(Type(t) for t in _texts(own.get("incident_types")) if t in _TYPES),
        start=document["workflow_start"],
        exception=document.get("workflow_exception", ""),
        variables=_variables(document.get("playbook_variables", {}), own, language),
        steps=steps,
    )


def extension_of(owner: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Our part of a playbook (``playbook_extensions``) or a step (``step_extensions``)."""
    found = owner.get(place, {}).get(EXTENSION, {})
    return found if isinstance(found, Mapping) else {}


def language_of(own: Mapping[str, Any]) -> str:
    """The language of the standard texts: ``zh`` or ``en``."""
    return "zh" if own.get("language") == "zh" else "en"


def groups_of(document: Mapping[str, Any]) -> dict[str, Group]:
    """Agents that are one of the plan's groups, by identifier: ours, and any named like one."""
    known = {group_agent(group): group for group in Group}
    for identifier, agent in document.get("agent_definitions", {}).items():
        name = str(agent.get("name", "")).strip().lower().replace(" ", "_")
        if agent.get("type") == "group" and name in _GROUPS:
            known[identifier] = _GROUPS[name]
    return known


def _in_order(
    workflow: Mapping[str, Any], own: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    order = {name: place for place, name in enumerate(_texts(own.get("order")))}
    yield from sorted(workflow.items(), key=lambda item: order.get(item[0], len(order)))


def _step(identifier: str, raw: Mapping[str, Any], groups: dict[str, Group], language: str) -> Step:
    own = extension_of(raw, "step_extensions")
    automatic, parameters = _automatic(raw, own)
    return Step(
        id=identifier,
        kind=Kind(raw["type"]),
        key=str(own.get("key", "")) or identifier,
        name=_text(raw, own, "name", language),
        description=_text(raw, own, "description", language),
        instruction=_instruction(raw, own, language),
        group=_group(raw, own, groups),
        phase=Phase(own["phase"]) if own.get("phase") in set(Phase) else Phase.RESPONSE,
        minutes=_whole(own.get("minutes")),
        timeout_ms=raw["timeout"] if raw.get("timeout", 0) > 0 else None,
        delay_ms=raw.get("delay"),
        automatic=automatic,
        parameters=parameters,
        confirm=own.get("confirm") is True,
        in_args=tuple(raw.get("in_args", ())),
        out_args=tuple(raw.get("out_args", ())),
        variables=_variables(raw.get("step_variables", {}), own, language),
        edges=tuple(_edges(raw)),
        condition=raw.get("condition", "") or raw.get("switch", ""),
        playbook_id=raw.get("playbook_id", ""),
        raw=raw,
    )


def _edges(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _ENDS:
        if name in raw:
            yield name, raw[name]
    for step in raw.get("next_steps", ()):
        yield "next_steps", step
    for value, step in raw.get("cases", {}).items():
        yield f"case:{value}", step


def _group(
    raw: Mapping[str, Any], own: Mapping[str, Any], groups: dict[str, Group]
) -> Group | None:
    if own.get("group") in _GROUPS:
        return _GROUPS[own["group"]]
    return groups.get(raw.get("agent", "")) or groups.get(raw.get("owner", ""))


def _automatic(
    raw: Mapping[str, Any], own: Mapping[str, Any]
) -> tuple[Automatic | None, Mapping[str, Any]]:
    said = own.get("automatic")
    if isinstance(said, Mapping) and said.get("kind") in set(Automatic):
        return Automatic(said["kind"]), said
    commands = raw.get("commands", ())
    if commands and commands[0].get("type") == Automatic.HTTP:
        return Automatic.HTTP, commands[0]
    return None, {}


def _instruction(raw: Mapping[str, Any], own: Mapping[str, Any], language: str) -> Text:
    texts = [str(c["command"]) for c in raw.get("commands", ()) if "command" in c]
    return _two("\n".join(texts), own, "instruction", language)


def _text(raw: Mapping[str, Any], own: Mapping[str, Any], name: str, language: str) -> Text:
    return _two(str(raw.get(name, "")), own, name, language)


def _two(standard: str, own: Mapping[str, Any], name: str, language: str) -> Text:
    other = "en" if language == "zh" else "zh"
    texts = own.get("texts")
    said = texts.get(other) if isinstance(texts, Mapping) else None
    translated = str(said.get(name, "")) if isinstance(said, Mapping) else ""
    return Text(standard, translated) if language == "zh" else Text(translated, standard)


def _variables(
    raw: Mapping[str, Any], own: Mapping[str, Any], language: str
) -> tuple[Variable, ...]:
    asks = own.get("asks")
    return tuple(
        Variable(
            name=name,
            type=said["type"],
            value=said.get("value"),
            constant=said.get("constant", False),
            external=said.get("external", False),
            about=_about(said, asks.get(name) if isinstance(asks, Mapping) else None, language),
        )
        for name, said in raw.items()
    )


def _about(said: Mapping[str, Any], translated: object, language: str) -> Text:
    standard = str(said.get("description", ""))
    other = translated if isinstance(translated, str) else ""
    return Text(standard, other) if language == "zh" else Text(other, standard)


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
