"""The correlator's state as bytes, so that windows survive a restart.

Each rule's state is kept under the rule's own content: a rule that changed begins anew, the
others go on. Values are kept as hashes, so another hash (a new Polars) is a change too.
"""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl

from shangdun.detect.correlation.absence import (
    ANSWER,
    WAITING,
    Open,
    fields_from_bytes,
    fields_to_bytes,
)
from shangdun.detect.correlation.buffer import EVENT, EventBuffer, Events
from shangdun.detect.correlation.clock import SourceTime
from shangdun.detect.correlation.groups import COLUMNS, Episode, Groups
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.correlation.state import Figures, State
from shangdun.kernel.errors import StoreError
from shangdun.kernel.ids import content_id

VERSION = 2
OUTDATED = "store.state.version"
"""Code of the error that tells a snapshot of another version."""


class GroupState(msgspec.Struct, kw_only=True):
    """The groups of a rule."""

    keys: list[str]
    columns: dict[str, bytes]
    episodes: dict[int, Episode]


class OpenState(msgspec.Struct, kw_only=True):
    """What an absence rule remembers beside its episodes."""

    groups: GroupState
    waiting: bytes
    fields: bytes
    answers: bytes


class RuleState(msgspec.Struct, kw_only=True):
    """One rule's state."""

    content: str
    groups: GroupState
    events: bytes
    clocks: dict[int, int]
    figures: Figures
    open: OpenState | None = None


class CorrelatorState(msgspec.Struct, kw_only=True):
    """Everything, under a version of the layout."""

    version: int
    rules: dict[str, RuleState]
    files: list[tuple[str, str]]
    sources: list[str]
    clocks: dict[int, SourceTime]
    feeds: int


class _Version(msgspec.Struct):
    version: int


def content_of(spec: CorrelationSpec) -> str:
    """Identifies what a rule computes; texts and tags of the rule may change without loss."""
    return content_id(VERSION, pl.__version__, msgspec.json.encode(spec, order="sorted"))


def save(spec: CorrelationSpec, state: State, waiting: Open | None) -> RuleState:
    """A rule's state as data."""
    return RuleState(
        content=content_of(spec),
        groups=_save_groups(state.groups),
        events=state.buffer.merged().tobytes(),
        clocks=state.clocks,
        figures=state.figures,
        open=None if waiting is None else _save_open(waiting),
    )


def load(spec: CorrelationSpec, state: State, saved: RuleState | None) -> bool:
    """Take up a rule's state; False if there is none for the rule as it is now."""
    if saved is None or saved.content != content_of(spec):
        return False
    state.groups = _load_groups(saved.groups)
    state.buffer = EventBuffer(_events(saved.events, EVENT))
    state.clocks = saved.clocks
    state.figures = saved.figures
    return True


def load_open(saved: OpenState) -> Open:
    """What an absence rule remembered."""
    return Open(
        groups=_load_groups(saved.groups),
        waiting=_events(saved.waiting, WAITING),
        fields=fields_from_bytes(saved.fields),
        answers=_events(saved.answers, ANSWER),
    )


def encode(state: CorrelatorState) -> bytes:
    """The bytes of a snapshot."""
    return msgspec.msgpack.encode(state)


def decode(data: bytes) -> CorrelatorState:
    """Read a snapshot; raises ``StoreError``, with ``OUTDATED`` for one of another version."""
    try:
        version = msgspec.msgpack.decode(data, type=_Version).version
        if version != VERSION:
            raise StoreError(
                f"the correlation state has version {version}, not {VERSION}",
                code=OUTDATED,
                fix="nothing is to be done; windows begin anew",
            )
        return msgspec.msgpack.decode(data, type=CorrelatorState)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"the correlation state cannot be read: {error}",
            code="store.state",
            fix="remove it; windows begin anew",
        ) from error


def _save_open(waiting: Open) -> OpenState:
    return OpenState(
        groups=_save_groups(waiting.groups),
        waiting=waiting.waiting.tobytes(),
        fields=fields_to_bytes(waiting.fields),
        answers=waiting.answers.tobytes(),
    )


def _save_groups(groups: Groups) -> GroupState:
    size = len(groups)
    return GroupState(
        keys=groups.keys,
        columns={name: getattr(groups, name)[:size].tobytes() for name in COLUMNS},
        episodes=groups.episodes,
    )


def _load_groups(saved: GroupState) -> Groups:
    groups = Groups()
    groups.keys = saved.keys
    groups.slots = {key: slot for slot, key in enumerate(saved.keys)}
    groups.episodes = saved.episodes
    for name in COLUMNS:
        column = np.zeros(max(64, len(saved.keys)), np.int64)
        column[: len(saved.keys)] = np.frombuffer(saved.columns[name], np.int64)
        setattr(groups, name, column)
    return groups


def _events(data: bytes, kind: np.dtype[np.void]) -> Events:
    return np.frombuffer(data, kind).copy()
