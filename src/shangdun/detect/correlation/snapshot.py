"""The correlator's state as bytes, so that windows survive a restart.

Each rule's state is kept under the rule's own content: a rule that changed begins anew, the
others go on. Values are kept as hashes, so another hash (a new Polars) is a change too.
"""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl

from shangdun.detect.correlation.buffer import EVENT, EventBuffer
from shangdun.detect.correlation.groups import COLUMNS, Episode, Groups
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.correlation.state import Figures, State
from shangdun.kernel.errors import StoreError
from shangdun.kernel.ids import content_id

VERSION = 1


class RuleState(msgspec.Struct, kw_only=True):
    """One rule's state."""

    content: str
    keys: list[str]
    columns: dict[str, bytes]
    episodes: dict[int, Episode]
    events: bytes
    clocks: dict[int, int]
    figures: Figures


class CorrelatorState(msgspec.Struct, kw_only=True):
    """Everything, under a version of the layout."""

    version: int
    rules: dict[str, RuleState]
    files: list[str]
    sources: list[str]
    feeds: int


def content_of(spec: CorrelationSpec) -> str:
    """Identifies what a rule computes; texts and tags of the rule may change without loss."""
    return content_id(VERSION, pl.__version__, msgspec.json.encode(spec, order="sorted"))


def save(state: State) -> RuleState:
    """A rule's state as data."""
    groups = state.groups
    size = len(groups)
    return RuleState(
        content=content_of(state.spec),
        keys=groups.keys,
        columns={name: getattr(groups, name)[:size].tobytes() for name in COLUMNS},
        episodes=groups.episodes,
        events=state.buffer.merged().tobytes(),
        clocks=state.clocks,
        figures=state.figures,
    )


def load(state: State, saved: RuleState | None) -> bool:
    """Take up a rule's state; False if there is none for the rule as it is now."""
    if saved is None or saved.content != content_of(state.spec):
        return False
    groups = Groups()
    groups.keys = saved.keys
    groups.slots = {key: slot for slot, key in enumerate(saved.keys)}
    groups.episodes = saved.episodes
    for name in COLUMNS:
        column = np.zeros(max(64, len(saved.keys)), np.int64)
        column[: len(saved.keys)] = np.frombuffer(saved.columns[name], np.int64)
        setattr(groups, name, column)
    state.groups = groups
    state.buffer = EventBuffer(np.frombuffer(saved.events, EVENT).copy())
    state.clocks = saved.clocks
    state.figures = saved.figures
    return True


def encode(rules: dict[str, RuleState], files: list[str], sources: list[str], feeds: int) -> bytes:
    """The bytes of a snapshot."""
    state = CorrelatorState(version=VERSION, rules=rules, files=files, sources=sources, feeds=feeds)
    return msgspec.msgpack.encode(state)


def decode(data: bytes) -> CorrelatorState:
    """Read a snapshot; raises ``StoreError`` if it is none or of another version."""
    try:
        state = msgspec.msgpack.decode(data, type=CorrelatorState)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"the correlation state cannot be read: {error}",
            code="store.state",
            fix="remove it; windows begin anew",
        ) from error
    if state.version != VERSION:
        raise StoreError(
            f"the correlation state has version {state.version}, not {VERSION}",
            code="store.state",
            fix="remove it; windows begin anew",
        )
    return state
