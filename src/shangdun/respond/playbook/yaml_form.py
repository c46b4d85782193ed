"""Playbooks in compact YAML, as people write them; the CACAO document comes back exactly.

    playbook: web-intrusion            # a name (the identifier is made of it) or playbook--UUID
    name: {zh: …, en: …}               # or one text, in the playbook's language
    language: zh
    for: [network_attack]
    variables:
      attacker: {type: ipv4-addr, ask: {zh: …, en: …}}
    steps:
      seal:                            # the start leads to the first step, each to the one below it
        group: technical_support
        name: …
        do: …
        minutes: 30

The guide to playbooks has every word. What the short words cannot say stands under ``cacao:``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shangdun.kernel.errors import ParseError
from shangdun.respond.classify import Type
from shangdun.respond.groups import Group
from shangdun.respond.playbook.extension import (
    DEFINITION,
    EXTENSION,
    IDENTITY,
    group_agent,
    playbook_id,
    step_id,
)
from shangdun.respond.playbook.model import Playbook
from shangdun.respond.playbook.reading import check_bounds, load, wrong
from shangdun.respond.playbook.shape import IDENTIFIER
from shangdun.respond.playbook.view import view
from shangdun.respond.playbook.yaml_steps import Unwritten, read_step, two, type_of, write_step
from shangdun.respond.playbook.yaml_text import Path, Written, read_text, write_text

HEAD = (
    "playbook", "name", "about", "language", "foreign", "for", "created", "modified", "by",
    "variables", "start", "exception", "steps", "cacao",
)  # fmt: skip
_VARIABLE = ("type", "value", "constant", "external", "ask")
_GROUPS = {group_agent(group): {"type": "group", "name": group.value} for group in Group}


class LineProblem(msgspec.Struct, frozen=True):
    """What cannot be read, on which line, and what to do."""

    line: int
    message: str
    fix: str


class Reading(msgspec.Struct, frozen=True):
    """What a text says: a playbook, or why not; ``lines`` has the line of each step."""

    playbook: Playbook | None
    problems: tuple[LineProblem, ...] = ()
    lines: Mapping[str, int] = {}


def from_yaml(text: str, now: datetime) -> Reading:
    """Read compact YAML; never raises for what people write. ``now`` dates what gives no date."""
    try:
        written = read_text(text)
    except ParseError as error:
        return Reading(None, (LineProblem(int(error.where or 1), error.message, error.fix),))
    if not isinstance(written.value, dict):
        return Reading(
            None, (LineProblem(1, "a playbook is a list of KEY: VALUE", "begin with playbook:"),)
        )
    return _Reader(written, now).reading()


class _Reader:
    def __init__(self, written: Written, now: datetime) -> None:
        self._written = written
        self._head: dict[str, Any] = written.value
        moment = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
        self._now = moment
        self._problems: list[LineProblem] = []
        self._lines: dict[str, int] = {}
        self._language = "en" if self._head.get("language") == "en" else "zh"
        self._ids: dict[str, str] = {}

    def reading(self) -> Reading:
        try:
            document = self._document()
        except Unwritten as error:
            self._note((error.key,), error.message, error.fix)
            document = {}
        if not self._problems:
            try:
                check_bounds(document)
                for problem in wrong(document):
                    self._note(self._path(problem.path), problem.message, problem.path)
            except ParseError as error:
                self._note((), error.message, error.fix)
        if self._problems:
            ordered = sorted(self._problems, key=lambda problem: problem.line)
            return Reading(None, tuple(ordered), self._lines)
        return Reading(view(document), (), self._lines)

    def _note(self, path: Path, message: str, fix: str) -> None:
        self._problems.append(LineProblem(self._written.line(path), message, fix))

    def _path(self, place: str) -> Path:
        keys = {identifier: key for key, identifier in self._ids.items()}
        for identifier, key in keys.items():
            if identifier in place:
                return ("steps", key)
        return ()

    def _document(self) -> dict[str, Any]:
        head = self._head
        for name in head:
            if name not in HEAD:
                raise Unwritten(name, f"a playbook has no {name!r}", f"it has {', '.join(HEAD)}")
        extra = head.get("cacao", {})
        if not isinstance(extra, Mapping):
            raise Unwritten("cacao", "cacao holds properties of CACAO", "write NAME: VALUE below")
        if "type" in extra:
            return dict(extra)
        identifier = _need(head, "playbook")
        own: dict[str, Any] = {}
        if not IDENTIFIER.match(identifier):
            own["key"] = identifier
            identifier = playbook_id(identifier)
        workflow = self._workflow(identifier)
        created = str(head.get("created", self._now))
        document: dict[str, Any] = {
            "type": "playbook",
            "spec_version": "cacao-2.0",
            "id": identifier,
            "created_by": str(head.get("by", IDENTITY)),
            "created": created,
            "modified": str(head.get("modified", head.get("created", self._now))),
            "workflow_start": self._named("start"),
            "workflow": workflow,
        }
        if "exception" in head:
            document["workflow_exception"] = self._named("exception")
        self._texts(document, own)
        self._variables(document, own)
        self._definitions(document, own)
        return document | dict(extra)

    def _texts(self, document: dict[str, Any], own: dict[str, Any]) -> None:
        other = "en" if self._language == "zh" else "zh"
        translated = {}
        _need(self._head, "name", str, dict)
        for word, name in (("name", "name"), ("about", "description")):
            if word in self._head:
                document[name], foreign = two(word, self._head[word], self._language)
                if foreign is not None:
                    translated[name] = foreign
        if translated:
            own["texts"] = {other: translated}

    def _variables(self, document: dict[str, Any], own: dict[str, Any]) -> None:
        said = self._head.get("variables")
        if said is None:
            return
        if not isinstance(said, Mapping):
            raise Unwritten("variables", "variables has names", "write NAME: {type: string}")
        found, asks = {}, {}
        for name, body in said.items():
            full = name if name.startswith("__") else f"__{name}__"
            try:
                found[full], ask = _variable(body, self._language)
            except Unwritten as error:
                self._note(("variables", name, error.key), error.message, error.fix)
                continue
            if ask is not None:
                asks[full] = ask
        document["playbook_variables"] = found
        if asks:
            own["asks"] = asks

    def _definitions(self, document: dict[str, Any], own: dict[str, Any]) -> None:
        steps = document["workflow"].values()
        if not self._head.get("foreign"):
            types = self._head.get("for", [])
            if not isinstance(types, list) or not set(map(str, types)) <= {t.value for t in Type}:
                raise Unwritten("for", "for names types of incidents", f"of {', '.join(Type)}")
            own |= {"language": self._language, "order": list(document["workflow"])}
            if "for" in self._head:
                own["incident_types"] = types
        if own:
            document["playbook_extensions"] = {EXTENSION: own}
        if own or any(EXTENSION in step.get("step_extensions", {}) for step in steps):
            document["extension_definitions"] = {EXTENSION: DEFINITION}
        agents = {step.get("agent") for step in steps}
        named = {agent: group for agent, group in _GROUPS.items() if agent in agents}
        if named:
            document["agent_definitions"] = named

    def _workflow(self, playbook: str) -> dict[str, Any]:
        steps = self._head.get("steps")
        if not isinstance(steps, Mapping) or not all(isinstance(b, dict) for b in steps.values()):
            raise Unwritten(
                "steps", "steps has keys with what each does", "write KEY: and below it"
            )
        for key, body in steps.items():
            self._ids[key] = key if IDENTIFIER.match(key) else step_id(playbook, type_of(body), key)
        implied = {
            "start": step_id(playbook, "start", "start"),
            "end": step_id(playbook, "end", "end"),
        }
        for key, identifier in implied.items():
            self._ids.setdefault(key, identifier)
        return self._steps(steps, implied)

    def _steps(self, steps: Mapping[str, Any], implied: Mapping[str, str]) -> dict[str, Any]:
        keys = list(steps)
        workflow: dict[str, Any] = {}
        if "start" not in self._head and "start" not in steps:
            first = self._ids[keys[0]] if keys else implied["end"]
            workflow[implied["start"]] = implied_start(first)
        for key, below in zip(keys, [*keys[1:], ""], strict=True):
            self._lines[self._ids[key]] = self._written.line(("steps", key))
            following = self._ids[below] if below else ""
            try:
                workflow[self._ids[key]] = read_step(
                    key, steps[key], self._language, self._id, following
                )
            except Unwritten as error:
                self._note(("steps", key, error.key), error.message, error.fix)
        if implied["end"] not in workflow and implied["end"] in _named_in(workflow):
            workflow[implied["end"]] = implied_end()
        return workflow

    def _id(self, name: str) -> str:
        return self._ids[name] if name in self._ids or not IDENTIFIER.match(name) else name

    def _named(self, word: str) -> str:
        name = str(self._head.get(word, "start"))
        try:
            return self._id(name)
        except KeyError:
            raise Unwritten(word, f"there is no step {name!r}", "name a step by its key") from None


def implied_start(first: str) -> dict[str, Any]:
    """The start that nobody has to write."""
    return {
        "type": "start",
        "on_completion": first,
        "step_extensions": {EXTENSION: {"key": "start"}},
    }


def implied_end() -> dict[str, Any]:
    """The end that nobody has to write."""
    return {"type": "end", "step_extensions": {EXTENSION: {"key": "end"}}}


def _named_in(workflow: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for step in workflow.values():
        for value in step.values():
            if isinstance(value, str):
                found.add(value)
            elif isinstance(value, list):
                found.update(one for one in value if isinstance(one, str))
        found.update(step.get("cases", {}).values())
    return found


def _need(head: Mapping[str, Any], word: str, *kinds: type) -> str:
    said = head.get(word)
    if not isinstance(said, kinds or (str,)) or not said:
        raise Unwritten(word, f"{word} is missing", f"write {word}: and its value")
    return said if isinstance(said, str) else ""


def _variable(body: object, language: str) -> tuple[dict[str, Any], str | None]:
    if not isinstance(body, Mapping):
        raise Unwritten("", "a variable has a type", "write NAME: {type: string}")
    strange = [name for name in body if name not in (*_VARIABLE, "cacao")]
    if strange:
        raise Unwritten(strange[0], f"a variable has no {strange[0]!r}", f"{', '.join(_VARIABLE)}")
    found = {name: body[name] for name in _VARIABLE if name in body and name != "ask"}
    found.setdefault("type", "string")
    ask = None
    if "ask" in body:
        found["description"], ask = two("ask", body["ask"], language)
    return found | dict(body.get("cacao", {})), ask


# ---- to YAML --------------------------------------------------------------------------------


def to_yaml(playbook: Playbook) -> str:
    """The compact form; ``from_yaml`` of it gives the same document."""
    document = playbook.document
    text = write_text(_short(document))
    stamp = datetime(2000, 1, 1)  # noqa: DTZ001  never used: what is written has its dates
    again = from_yaml(text, stamp).playbook
    if again is not None and again.document == document:
        return text
    return write_text({"cacao": document})


def _short(document: Mapping[str, Any]) -> dict[str, Any]:
    rest = dict(document)
    own = rest.get("playbook_extensions", {}).get(EXTENSION)
    own = dict(own) if isinstance(own, Mapping) else {}
    language = own.get("language", "zh")
    language = language if language in ("zh", "en") else "zh"
    for name in ("type", "spec_version"):
        rest.pop(name)
    head: dict[str, Any] = {"playbook": own.get("key") or rest.pop("id")}
    rest.pop("id", None)
    _short_texts(rest, own, head, language)
    if own:
        head["language"] = language
        if "incident_types" in own:
            head["for"] = own["incident_types"]
    else:
        head["foreign"] = True
    head |= {"created": rest.pop("created"), "modified": rest.pop("modified")}
    if (by := rest.pop("created_by")) != IDENTITY:
        head["by"] = by
    if "playbook_variables" in rest:
        head["variables"] = _short_variables(rest.pop("playbook_variables"), own, language)
    _short_steps(rest, own, head, language)
    _leave_out(rest, document)
    if rest:
        head["cacao"] = rest
    return {name: head[name] for name in HEAD if name in head}


def _short_texts(
    rest: dict[str, Any], own: Mapping[str, Any], head: dict[str, Any], language: str
) -> None:
    other = "en" if language == "zh" else "zh"
    texts = own.get("texts", {})
    translated = texts.get(other, {}) if isinstance(texts, Mapping) else {}
    for word, name in (("name", "name"), ("about", "description")):
        if name in rest:
            said = {language: rest.pop(name)}
            if isinstance(translated, Mapping) and name in translated:
                said[other] = translated[name]
                head[word] = {n: said[n] for n in ("zh", "en")}
            else:
                head[word] = said[language]


def _short_variables(
    variables: Mapping[str, Any], own: Mapping[str, Any], language: str
) -> dict[str, Any]:
    asks = own.get("asks", {})
    asks = asks if isinstance(asks, Mapping) else {}
    other = "en" if language == "zh" else "zh"
    short: dict[str, Any] = {}
    for name, raw in variables.items():
        rest = dict(raw)
        body = {word: rest.pop(word) for word in _VARIABLE if word in rest}
        if "description" in rest:
            said = {language: rest.pop("description")}
            if name in asks:
                said[other] = asks[name]
            body["ask"] = {n: said[n] for n in ("zh", "en")} if name in asks else said[language]
        if rest:
            body["cacao"] = rest
        bare = name[2:-2]
        short[name if bare.startswith("_") else bare] = body
    return short


def _short_steps(
    rest: dict[str, Any], own: Mapping[str, Any], head: dict[str, Any], language: str
) -> None:
    playbook, workflow = head["playbook"], rest.pop("workflow")
    playbook = playbook if IDENTIFIER.match(playbook) else playbook_id(playbook)
    order = own.get("order")
    order = order if isinstance(order, list) and set(order) == set(workflow) else list(workflow)
    keys = {step: _key(playbook, step, workflow[step]) for step in order}
    start, end = step_id(playbook, "start", "start"), step_id(playbook, "end", "end")
    written = list(order)
    if workflow.get(end) == implied_end() and written[-1] == end:
        written.remove(end)
    leads = rest["workflow_start"] == start and len(written) > 1 and written[0] == start
    if leads and workflow[start] == implied_start(written[1]):
        written.remove(start)
        rest.pop("workflow_start")
    steps: dict[str, Any] = {}
    for step, below in zip(written, [*written[1:], end], strict=True):
        steps[keys[step]] = _step_or_whole(
            keys[step], workflow[step], language, keys, below, written
        )
    head["steps"] = steps
    if "workflow_start" in rest:
        head["start"] = keys.get(rest["workflow_start"], rest["workflow_start"])
        rest.pop("workflow_start")
    if "workflow_exception" in rest:
        named = rest.pop("workflow_exception")
        head["exception"] = keys.get(named, named)


def _key(playbook: str, step: str, raw: Mapping[str, Any]) -> str:
    """The key of a step, where its identifier follows from it; else the identifier."""
    own = raw.get("step_extensions", {}).get(EXTENSION, {})
    key = own.get("key") if isinstance(own, Mapping) else None
    if isinstance(key, str) and key and step_id(playbook, str(raw["type"]), key) == step:
        return key
    return step


def _step_or_whole(
    key: str,
    raw: Mapping[str, Any],
    language: str,
    keys: Mapping[str, str],
    below: str,
    written: list[str],
) -> dict[str, Any]:
    ids = {name: step for step, name in keys.items()}
    last = written and keys[written[-1]] == key

    def back(name: str) -> str:
        return ids.get(name, name)

    try:
        body = write_step(raw, language, lambda step: keys.get(step, step), below)
        again = read_step(
            key,
            body,
            language,
            lambda n: below if n == "end" and last and n not in ids else back(n),
            "" if last else below,
        )
    except (Unwritten, KeyError, TypeError, AttributeError):
        return {"cacao": dict(raw)}
    return body if again == raw else {"cacao": dict(raw)}


def _leave_out(rest: dict[str, Any], document: Mapping[str, Any]) -> None:
    """Drop what reading makes by itself."""
    agents = {step.get("agent") for step in document["workflow"].values()}
    made = {agent: group for agent, group in _GROUPS.items() if agent in agents}
    for name, value in (
        ("agent_definitions", made),
        ("extension_definitions", {EXTENSION: DEFINITION}),
    ):
        if rest.get(name) == value:
            rest.pop(name)
    if set(rest.get("playbook_extensions", {})) == {EXTENSION}:
        rest.pop("playbook_extensions")


def read_any(text: str, now: datetime) -> Reading:
    """CACAO JSON or compact YAML, by its first sign."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return from_yaml(text, now)
    try:
        return Reading(load(text.encode("utf-8", "surrogatepass")))
    except ParseError as error:
        line = error.where.partition(":")[0]
        place = "" if line.isdigit() else error.where
        message = f"{place}: {error.message}" if place else error.message
        return Reading(None, (LineProblem(int(line) if line.isdigit() else 1, message, error.fix),))
