"""One step as people write it, and as CACAO has it.

``write_step`` and ``read_step`` are each other's inverse: what has no short word goes under
``cacao:`` as it is, and a step that would not come back the same stands there whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shangdun.respond.groups import Group
from shangdun.respond.playbook.extension import EXTENSION, group_agent, playbook_id
from shangdun.respond.playbook.model import Automatic
from shangdun.respond.playbook.shape import IDENTIFIER

Names = Callable[[str], str]
"""From identifier to key, or back; raises ``Unwritten`` where there is none."""

KEYS = (
    "start", "end", "name", "about", "group", "phase", "minutes", "timeout", "delay", "do",
    *(kind.value for kind in Automatic if kind is not Automatic.HTTP), "call", "targets", "confirm",
    "uses", "asks", "parallel", "if", "while", "switch", "cases", "playbook", "version", "then",
    "else", "next", "success", "failure", "cacao",
)  # fmt: skip
"""All that a step can say, in the order in which it is written."""
_WAYS = {"next": "on_completion", "success": "on_success", "failure": "on_failure"}
_AGENTS = {group_agent(group): group.value for group in Group}
_DURATION = re.compile(r"([1-9][0-9]{0,12}) ?(ms|s|m|h|d)\Z")
_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_WORDS = {"uses": "in_args", "asks": "out_args"}
_TAGS = {
    "if": "if-condition", "while": "while-condition", "switch": "switch-condition",
    "parallel": "parallel", "playbook": "playbook-action", "start": "start", "end": "end",
}  # fmt: skip
_TEXTS = {"name": "name", "about": "description", "do": "instruction"}
NOWHERE = "none"
"""``next: none`` where nothing follows a step; without ``next`` the step below it follows."""


class Unwritten(ValueError):
    """(key of the step where it stands, what is wrong, what to do)."""

    def __init__(self, key: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.key, self.message, self.fix = key, message, fix


def type_of(body: Mapping[str, Any]) -> str:
    """The CACAO type of a step that is written so."""
    whole = body.get("cacao")
    if isinstance(whole, Mapping) and isinstance(whole.get("type"), str):
        return str(whole["type"])
    return next((kind for tag, kind in _TAGS.items() if tag in body), "action")


# ---- from what people write -----------------------------------------------------------------


def read_step(
    key: str, body: Mapping[str, Any], language: str, names: Names, following: str
) -> dict[str, Any]:
    """The CACAO step; ``following`` is the identifier of the step below, empty at the end.

    Raises ``Unwritten`` for what is not understood.
    """
    whole = body.get("cacao")
    if whole is not None and not isinstance(whole, Mapping):
        raise Unwritten("cacao", "cacao holds properties of CACAO", "write NAME: VALUE below it")
    if whole is not None and "type" in whole:
        return dict(whole)
    strange = [name for name in body if name not in KEYS]
    if strange:
        raise Unwritten(strange[0], f"a step has no {strange[0]!r}", f"it has {', '.join(KEYS)}")
    kind = type_of(body)
    step: dict[str, Any] = {"type": kind}
    own: dict[str, Any] = {} if IDENTIFIER.match(key) else {"key": key}
    _read_texts(body, step, own, language)
    _read_times(body, step, own)
    _read_ways(kind, body, step, names, following)
    if kind == "action":
        _read_action(body, step, own)
    else:
        _read_branching(kind, body, step, names)
    for word, name in _WORDS.items():
        if word in body:
            step[name] = [_variable(word, one) for one in _list(word, body[word])]
    if own:
        step["step_extensions"] = {EXTENSION: own}
    return step | dict(whole or {})


def _read_texts(
    body: Mapping[str, Any], step: dict[str, Any], own: dict[str, Any], language: str
) -> None:
    other = "en" if language == "zh" else "zh"
    translated = {}
    for word, name in _TEXTS.items():
        if word not in body:
            continue
        standard, foreign = two(word, body[word], language)
        if name == "instruction":
            step["commands"] = [{"type": "manual", "command": standard}]
        else:
            step[name] = standard
        if foreign is not None:
            translated[name] = foreign
    if translated:
        own["texts"] = {other: translated}


def two(word: str, said: object, language: str) -> tuple[str, str | None]:
    """(text in the playbook's language, in the other one) of ``TEXT`` or ``{zh: …, en: …}``."""
    if isinstance(said, str):
        return said, None
    other = "en" if language == "zh" else "zh"
    if (
        not isinstance(said, Mapping)
        or not isinstance(said.get(language), str)
        or set(said) - {"zh", "en"}
        or not isinstance(said.get(other, ""), str)
    ):
        raise Unwritten(word, f"{word} is a text", "write a text, or {zh: …, en: …}")
    return said[language], said.get(other)


def _read_times(body: Mapping[str, Any], step: dict[str, Any], own: dict[str, Any]) -> None:
    for word in ("timeout", "delay"):
        if word in body:
            step[word] = _duration(word, body[word])
    if "minutes" in body:
        if not isinstance(body["minutes"], int) or isinstance(body["minutes"], bool):
            raise Unwritten("minutes", "minutes is a whole number", "write minutes: 30")
        own["minutes"] = body["minutes"]
    if "phase" in body:
        own["phase"] = _word("phase", body["phase"])
    if "confirm" in body:
        if not isinstance(body["confirm"], bool):
            raise Unwritten("confirm", "confirm is true or false", "write confirm: true")
        own["confirm"] = body["confirm"]


def _read_ways(
    kind: str, body: Mapping[str, Any], step: dict[str, Any], names: Names, following: str
) -> None:
    said = [word for word in _WAYS if word in body]
    for word in said:
        if body[word] != NOWHERE:
            step[_WAYS[word]] = _step(word, body[word], names)
    if not said and kind != "end":
        step["on_completion"] = following or names("end")


def _read_action(body: Mapping[str, Any], step: dict[str, Any], own: dict[str, Any]) -> None:
    if "group" in body:
        group = _word("group", body["group"])
        if group not in _AGENTS.values():
            raise Unwritten("group", f"there is no group {group}", f"one of {', '.join(Group)}")
        step["agent"] = group_agent(Group(group))
    elif "agent" not in body.get("cacao", {}):
        raise Unwritten("group", "nobody does this step", f"write group: one of {', '.join(Group)}")
    _read_automatic(body, own)
    if "call" in body:
        if "do" in body or not isinstance(body["call"], Mapping):
            raise Unwritten("call", "a call stands alone", "move what people do into its own step")
        step["commands"] = [{"type": "http-api", **body["call"]}]
    if "targets" in body:
        step["targets"] = [_word("targets", one) for one in _list("targets", body["targets"])]
    if "commands" not in step and "commands" not in body.get("cacao", {}):
        raise Unwritten("do", "the step does not say what to do", "write do: and the instruction")


def _read_automatic(body: Mapping[str, Any], own: dict[str, Any]) -> None:
    kinds = [kind for kind in Automatic if kind.value in body]
    if len(kinds) > 1:
        raise Unwritten(kinds[1].value, "a step does one thing by itself", "make two steps of it")
    for kind in kinds:
        said = body[kind.value]
        if not isinstance(said, Mapping) or "kind" in said:
            raise Unwritten(kind.value, f"{kind.value} has parameters", "write NAME: VALUE below")
        own["automatic"] = {"kind": kind.value, **said}


def _read_branching(kind: str, body: Mapping[str, Any], step: dict[str, Any], names: Names) -> None:
    for word in ("group", "do", "call", *(a.value for a in Automatic)):
        if word in body:
            raise Unwritten(word, f"a step of type {kind} does nothing itself", f"remove {word}")
    if kind == "parallel":
        branches = _list("parallel", body["parallel"])
        step["next_steps"] = [_step("parallel", one, names) for one in branches]
    elif kind in ("if-condition", "while-condition"):
        _read_condition(kind.removesuffix("-condition"), body, step, names)
    elif kind == "switch-condition":
        step["switch"] = _word("switch", body["switch"])
        cases = body.get("cases")
        if not isinstance(cases, Mapping):
            raise Unwritten("cases", "a switch has cases", "write cases: and VALUE: STEP below")
        step["cases"] = {str(value): _step("cases", one, names) for value, one in cases.items()}
    elif kind == "playbook-action":
        named = _word("playbook", body["playbook"])
        step["playbook_id"] = named if IDENTIFIER.match(named) else playbook_id(named)
        if "version" in body:
            step["playbook_version"] = _word("version", body["version"])


def _read_condition(word: str, body: Mapping[str, Any], step: dict[str, Any], names: Names) -> None:
    step["condition"] = _word(word, body.get(word))
    if "then" not in body:
        raise Unwritten("then", "it does not say what follows when it holds", "write then: STEP")
    step["on_true"] = _step("then", body["then"], names)
    if "else" in body:
        step["on_false"] = _step("else", body["else"], names)


def _step(word: str, said: object, names: Names) -> str:
    name = _word(word, said)
    try:
        return names(name)
    except KeyError:
        raise Unwritten(
            word, f"there is no step {name!r}", "name a step by its key, or write it"
        ) from None


def _word(word: str, said: object) -> str:
    if not isinstance(said, str) or not said:
        raise Unwritten(word, f"{word} is a word or text", f"write {word}: and one value")
    return said


def _list(word: str, said: object) -> list[Any]:
    if not isinstance(said, list):
        raise Unwritten(word, f"{word} is a list", f"write {word}: [one, other]")
    return said


def _variable(word: str, said: object) -> str:
    name = _word(word, said)
    return name if name.startswith("__") else f"__{name}__"


def _duration(word: str, said: object) -> int:
    found = _DURATION.match(said) if isinstance(said, str) else None
    if found is None:
        raise Unwritten(word, f"{word} is a time", f"write {word}: 30m (or 90s, 4h, 2d)")
    return int(found.group(1)) * _UNITS[found.group(2)]


# ---- to what people read --------------------------------------------------------------------


def write_step(
    raw: Mapping[str, Any], language: str, names: Names, following: str
) -> dict[str, Any]:
    """The step in short words; ``names`` gives the key of an identifier, or the identifier.

    ``following`` is the identifier of the step below, or that of the implied end.
    """
    rest = dict(raw)
    body: dict[str, Any] = {}
    extensions = dict(rest.get("step_extensions", {}))
    own = extensions.get(EXTENSION)
    own = dict(own) if isinstance(own, Mapping) else {}
    if set(extensions) <= {EXTENSION}:
        rest.pop("step_extensions", None)
    kind = rest.pop("type")
    _write_kind(kind, rest, body, names)
    _write_texts(rest, own, body, language)
    _write_rest(rest, own, body)
    _write_ways(kind, rest, body, names, following)
    if rest:
        body["cacao"] = rest
    return {name: body[name] for name in KEYS if name in body}


def _write_kind(kind: str, rest: dict[str, Any], body: dict[str, Any], names: Names) -> None:
    if kind in ("start", "end"):
        body[kind] = True
    for word, name in (
        ("if", "condition"), ("while", "condition"), ("switch", "switch"),
        ("playbook", "playbook_id"), ("version", "playbook_version"),
    ):  # fmt: skip
        if name in rest and _TAGS.get(word, kind) == kind:
            body[word] = rest.pop(name)
    for word, name in (("then", "on_true"), ("else", "on_false")):
        if name in rest:
            body[word] = names(rest.pop(name))
    if kind == "parallel" and "next_steps" in rest:
        body["parallel"] = [names(step) for step in rest.pop("next_steps")]
    if kind == "switch-condition" and "cases" in rest:
        body["cases"] = {value: names(step) for value, step in rest.pop("cases").items()}


def _write_texts(
    rest: dict[str, Any], own: dict[str, Any], body: dict[str, Any], language: str
) -> None:
    other = "en" if language == "zh" else "zh"
    texts = own.pop("texts", {})
    translated = texts.get(other, {}) if isinstance(texts, Mapping) else {}
    translated = translated if isinstance(translated, Mapping) else {}
    commands = rest.get("commands", [])
    only = commands[0] if len(commands) == 1 else {}
    if set(only) == {"type", "command"} and only["type"] == "manual":
        body["do"] = rest.pop("commands")[0]["command"]
    if only.get("type") == "http-api":
        body["call"] = {n: v for n, v in rest.pop("commands")[0].items() if n != "type"}
    for word, name in _TEXTS.items():
        standard = body.get("do") if name == "instruction" else rest.pop(name, None)
        if standard is not None:
            both = {language: standard, other: translated[name]} if name in translated else None
            body[word] = {n: both[n] for n in ("zh", "en")} if both else standard


def _write_rest(rest: dict[str, Any], own: dict[str, Any], body: dict[str, Any]) -> None:
    if rest.get("agent") in _AGENTS:
        body["group"] = _AGENTS[rest.pop("agent")]
    for word in ("minutes", "phase", "confirm"):
        if word in own:
            body[word] = own[word]
    automatic = own.get("automatic")
    if isinstance(automatic, Mapping) and automatic.get("kind") in set(Automatic):
        body[automatic["kind"]] = {n: v for n, v in automatic.items() if n != "kind"}
    for word in ("timeout", "delay"):
        if isinstance(rest.get(word), int) and rest[word] > 0:
            body[word] = _spoken(rest.pop(word))
    if "targets" in rest:
        body["targets"] = rest.pop("targets")
    for word, name in _WORDS.items():
        if name in rest:
            body[word] = [_bare(one) for one in rest.pop(name)]


def _write_ways(
    kind: str, rest: dict[str, Any], body: dict[str, Any], names: Names, following: str
) -> None:
    ways = {word: rest.pop(name) for word, name in _WAYS.items() if name in rest}
    if kind == "end" or (set(ways) == {"next"} and ways["next"] == following):
        return
    if not ways:
        body["next"] = NOWHERE
    body.update({word: names(step) for word, step in ways.items()})


def _spoken(millis: int) -> str:
    return next(f"{millis // size}{unit}" for unit, size in _UNITS.items() if millis % size == 0)


def _bare(name: str) -> str:
    bare = name[2:-2]
    plain = name.startswith("__") and name.endswith("__") and bare and not bare.startswith("_")
    return bare if plain else name
