"""The shape of a CACAO v2.0 document: its properties, their kinds, and which must be there.

Written from the specification (sections 3 to 10). What is not listed is kept and not judged, as
open vocabularies and extensions ask; what is listed has to be right. ``shape_problems`` gives every
wrong part with its place as a JSON path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

UUID_PART = (
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
IDENTIFIER = re.compile(rf"[a-z][a-z0-9-]+[a-z0-9]--{UUID_PART}\Z")

Identifier = Annotated[str, Meta(pattern=rf"^[a-z][a-z0-9-]+[a-z0-9]--{UUID_PART}\Z")]
Timestamp = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?Z\Z"
    ),
]
VariableName = Annotated[str, Meta(pattern=r"^__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__\Z")]
ExtensionId = Annotated[str, Meta(pattern=rf"^extension-definition--{UUID_PART}\Z")]
Percent = Annotated[int, Meta(ge=0, le=100)]
Word = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{0,250}\Z")]
Texts = Annotated[list[str], Meta(min_length=1)]
Some = Annotated[list[Identifier], Meta(min_length=1)]
Extensions = Annotated[dict[ExtensionId, dict[str, Any]], Meta(min_length=1)]


class Reference(Struct, kw_only=True):
    """10.9 External reference."""

    name: str
    description: str | UnsetType = UNSET
    source: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    reference_id: str | UnsetType = UNSET


References = Annotated[list[Reference], Meta(min_length=1)]


class VariableShape(Struct, kw_only=True):
    """10.18 Variable."""

    type: str
    description: str | UnsetType = UNSET
    value: str | UnsetType | None = UNSET
    constant: bool | UnsetType = UNSET
    external: bool | UnsetType = UNSET


Variables = dict[VariableName, VariableShape]


class Command(Struct, kw_only=True):
    """5 Commands: what all of them share; more is asked of kinds in ``COMMANDS``."""

    type: str
    description: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    playbook_activity: str | UnsetType = UNSET
    external_references: list[Reference] | UnsetType = UNSET
    command: str | UnsetType = UNSET
    command_b64: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    content_b64: str | UnsetType = UNSET
    headers: dict[str, list[str]] | UnsetType = UNSET


class StepShape(Struct, kw_only=True):
    """4.1 Properties of every step."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    external_references: References | UnsetType = UNSET
    delay: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    timeout: int | UnsetType = UNSET
    step_variables: Variables | UnsetType = UNSET
    owner: Identifier | UnsetType = UNSET
    on_completion: Identifier | UnsetType = UNSET
    on_success: Identifier | UnsetType = UNSET
    on_failure: Identifier | UnsetType = UNSET
    step_extensions: Extensions | UnsetType = UNSET


class StartShape(StepShape, kw_only=True):
    """Where the workflow begins."""

    type: Literal["start"]


class EndShape(StepShape, kw_only=True):
    """Where it ends."""

    type: Literal["end"]


class ActionShape(StepShape, kw_only=True):
    """One thing that is done."""

    type: Literal["action"]
    commands: Annotated[list[Command], Meta(min_length=1)]
    agent: Identifier
    targets: Some | UnsetType = UNSET
    in_args: Texts | UnsetType = UNSET
    out_args: Texts | UnsetType = UNSET


class PlaybookActionShape(StepShape, kw_only=True):
    """Another playbook, as one step."""

    type: Literal["playbook-action"]
    playbook_id: Identifier
    playbook_version: Timestamp | UnsetType = UNSET
    in_args: Texts | UnsetType = UNSET
    out_args: Texts | UnsetType = UNSET


class ParallelShape(StepShape, kw_only=True):
    """Branches that run at the same time."""

    type: Literal["parallel"]
    next_steps: Annotated[list[Identifier], Meta(min_length=2)]


class IfShape(StepShape, kw_only=True):
    """One of two ways."""

    type: Literal["if-condition"]
    condition: str
    on_true: Identifier
    on_false: Identifier | UnsetType = UNSET


class WhileShape(StepShape, kw_only=True):
    """As long as a condition holds."""

    type: Literal["while-condition"]
    condition: str
    on_true: Identifier


class SwitchShape(StepShape, kw_only=True):
    """One of many ways."""

    type: Literal["switch-condition"]
    switch: str
    cases: dict[
        str,
        Annotated[
            str,
            Meta(
                pattern=rf"^(start|end|action|playbook-action|parallel|if-condition|while-condition|"
                rf"switch-condition)--{UUID_PART}\Z"
            ),
        ],
    ]


STEPS: Mapping[str, type[StepShape]] = {
    "start": StartShape,
    "end": EndShape,
    "action": ActionShape,
    "playbook-action": PlaybookActionShape,
    "parallel": ParallelShape,
    "if-condition": IfShape,
    "while-condition": WhileShape,
    "switch-condition": SwitchShape,
}


class Summary(Struct, kw_only=True):
    """3.1.4 Playbook processing summary."""

    manual_playbook: bool | UnsetType = UNSET
    external_playbooks: bool | UnsetType = UNSET
    parallel_processing: bool | UnsetType = UNSET
    if_logic: bool | UnsetType = UNSET
    while_logic: bool | UnsetType = UNSET
    switch_logic: bool | UnsetType = UNSET
    temporal_logic: bool | UnsetType = UNSET
    data_markings: bool | UnsetType = UNSET
    digital_signatures: bool | UnsetType = UNSET
    countersigned_signatures: bool | UnsetType = UNSET
    extensions: bool | UnsetType = UNSET


class ExtensionDefinition(Struct, kw_only=True):
    """9 Extension definition."""

    type: Literal["extension-definition"]
    name: str
    created_by: Identifier
    schema: str
    version: str
    description: str | UnsetType = UNSET
    external_references: list[Reference] | UnsetType = UNSET


class Signature(Struct, kw_only=True):
    """10.16 Signature; exactly one of the four ways to the key."""

    id: Identifier
    created: Timestamp
    modified: Timestamp
    signee: str
    related_to: Identifier
    related_version: Timestamp
    hash_algorithm: str
    algorithm: str
    value: str
    type: Literal["jss"]
    created_by: Identifier | UnsetType = UNSET
    revoked: bool | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    valid_until: Timestamp | UnsetType = UNSET
    public_key: str | UnsetType = UNSET
    public_cert_chain: Texts | UnsetType = UNSET
    cert_url: str | UnsetType = UNSET
    thumbprint: str | UnsetType = UNSET
    signature: Signature | UnsetType = UNSET


class Head(Struct, kw_only=True):
    """3.1 The playbook but its maps of parts, which are looked at one by one."""

    type: Literal["playbook"]
    spec_version: Literal["cacao-2.0"]
    id: Identifier
    name: str
    created_by: Identifier
    created: Timestamp
    modified: Timestamp
    workflow_start: Identifier
    workflow: dict[str, dict[str, Any]]
    description: str | UnsetType = UNSET
    playbook_types: list[str] | UnsetType = UNSET
    playbook_activities: Texts | UnsetType = UNSET
    playbook_processing_summary: Summary | UnsetType = UNSET
    revoked: bool | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    valid_until: Timestamp | UnsetType = UNSET
    derived_from: Some | UnsetType = UNSET
    related_to: Some | UnsetType = UNSET
    priority: Percent | UnsetType = UNSET
    severity: Percent | UnsetType = UNSET
    impact: Percent | UnsetType = UNSET
    industry_sectors: Texts | UnsetType = UNSET
    labels: Texts | UnsetType = UNSET
    external_references: References | UnsetType = UNSET
    markings: Some | UnsetType = UNSET
    playbook_variables: Variables | UnsetType = UNSET
    workflow_exception: Identifier | UnsetType = UNSET
    playbook_extensions: Extensions | UnsetType = UNSET
    authentication_info_definitions: (
        Annotated[dict[str, dict[str, Any]], Meta(min_length=1)] | UnsetType
    ) = UNSET
    agent_definitions: Annotated[dict[str, dict[str, Any]], Meta(min_length=1)] | UnsetType = UNSET
    target_definitions: Annotated[dict[str, dict[str, Any]], Meta(min_length=1)] | UnsetType = UNSET
    extension_definitions: dict[ExtensionId, ExtensionDefinition] | UnsetType = UNSET
    data_marking_definitions: dict[str, dict[str, Any]] | UnsetType = UNSET
    signatures: Annotated[list[Signature], Meta(min_length=1)] | UnsetType = UNSET


class Wrong(NamedTuple):
    """One wrong part: its path from ``$`` and what should be there."""

    path: str
    message: str


def shape_problems(document: object) -> Iterator[Wrong]:
    """Every part whose shape does not hold; the first of each part."""
    yield from problems_of(document, Head, "$")
    if not isinstance(document, Mapping):
        return
    yield from _steps(document.get("workflow"))
    for number, signature in enumerate(_items(document.get("signatures"))):
        yield from _one_key(signature, f"$.signatures[{number}]")


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _steps(workflow: object) -> Iterator[Wrong]:
    for identifier, step in workflow.items() if isinstance(workflow, Mapping) else ():
        path = f"$.workflow.{identifier}"
        kind = str(identifier).partition("--")[0]
        if kind not in STEPS or not IDENTIFIER.match(str(identifier)):
            yield Wrong(path, "a step's identifier is TYPE--UUID with one of CACAO's step types")
            continue
        yield from problems_of(step, STEPS[kind], path)
        if isinstance(step, Mapping):
            yield from _ways_on(kind, step, path)


def _ways_on(kind: str, step: Mapping[str, Any], path: str) -> Iterator[Wrong]:
    """Which successors a step of this kind must not have (4.1, 4.4, 4.5), and its commands."""
    refused = {"end": ("on_completion", "on_success", "on_failure")}.get(
        kind, ("on_success", "on_failure") if kind == "start" else ()
    )
    for name in refused:
        if name in step:
            yield Wrong(f"{path}.{name}", f"a step of type {kind} has no {name}")
    for number, command in enumerate(_items(step.get("commands"))):
        if isinstance(command, Mapping):
            yield from _command(command, f"{path}.commands[{number}]")


def _command(command: Mapping[str, Any], path: str) -> Iterator[Wrong]:
    needed = {"http-api": ("command",), "openc2-http": ("command", "content_b64")}
    for name in needed.get(str(command.get("type")), ()):
        if name not in command:
            yield Wrong(path, f"a command of this type needs {name}")


def _one_key(signature: object, path: str) -> Iterator[Wrong]:
    ways = ("public_key", "public_cert_chain", "cert_url", "thumbprint")
    if not isinstance(signature, Mapping):
        return
    if sum(way in signature for way in ways) != 1:
        yield Wrong(path, f"a signature has exactly one of {', '.join(ways)}")
    if "signature" in signature:
        yield from _one_key(signature["signature"], f"{path}.signature")


def problems_of(value: object, shape: type[Struct], path: str) -> Iterator[Wrong]:
    """The first thing in ``value`` that the shape refuses, with its path."""
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        inner = place.rstrip("`").replace("[...]", "[…]")
        yield Wrong(f"{path}{inner}", message[:1].lower() + message[1:])
