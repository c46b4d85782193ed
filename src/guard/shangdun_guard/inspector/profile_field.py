"""What is normal for one parameter of one route, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shangdun_guard.inspector.profile_shape import (
    SUBSUMES,
    TEXT,
    alphabet,
    length_step,
    step_limit,
    type_of,
)

CHOICES = 24
"""Different values that are remembered; a parameter with more is no choice among few."""
CHOICE_LENGTH = 40
CLIENTS = 8
"""Different clients that are remembered, and as many as a field needs before it may speak."""
SETTLED = 200
"""Observations after which something never seen is told: by the rule of three, less than 3 in 200
honest values show it (95 % confidence)."""
SURE = 1000
"""Observations after which it is told as a strong sign."""


@dataclass
class FieldProfile:
    """Counts over the values of one parameter."""

    count: int = 0
    clients: set[int] = field(default_factory=set)
    """Of at most ``CLIENTS`` different ones, a hash each."""
    types: dict[str, int] = field(default_factory=dict)
    alphabet: dict[str, int] = field(default_factory=dict)
    """Class of characters to values that had it."""
    lengths: dict[int, int] = field(default_factory=dict)
    """Rung of ``length_step`` to values on it."""
    choices: dict[str, int] | None = field(default_factory=dict)
    """Value to how often, while there are few; None: too many."""
    most: int = 1
    """How often the parameter stood in one request, at most."""

    def learn(self, text: str, client: int) -> None:
        """Count one honest value; in constant memory."""
        self.count += 1
        if len(self.clients) < CLIENTS:
            self.clients.add(client)
        kind = type_of(text)
        self.types[kind] = self.types.get(kind, 0) + 1
        for sign in alphabet(text):
            self.alphabet[sign] = self.alphabet.get(sign, 0) + 1
        step = length_step(len(text))
        self.lengths[step] = self.lengths.get(step, 0) + 1
        self._learn_choice(text)

    def _learn_choice(self, text: str) -> None:
        if self.choices is None:
            return
        if len(text) > CHOICE_LENGTH or (text not in self.choices and len(self.choices) >= CHOICES):
            self.choices = None
        else:
            self.choices[text] = self.choices.get(text, 0) + 1

    @property
    def is_settled(self) -> bool:
        """Enough values from enough clients to speak."""
        return self.count >= SETTLED and len(self.clients) >= CLIENTS

    def deviations(self, text: str) -> Iterator[str]:
        """Codes of what was never seen of this parameter; nothing until it is settled."""
        if not self.is_settled:
            return
        sure = self.count >= SURE
        if self._is_no_choice(text):
            yield "anomaly.choice"
        kind = type_of(text)
        if not self._knows_type(kind):
            yield "anomaly.type"
        new = [sign for sign in alphabet(text) if sign not in self.alphabet]
        if new:
            yield "anomaly.characters" if sure or len(new) > 1 else "anomaly.character"
        if len(text) > self.longest():
            yield "anomaly.length"

    def longest(self) -> int:
        """The length up to which a value is normal: half as long again as any seen, and 8 more."""
        seen = step_limit(max(self.lengths, default=0))
        return seen + seen // 2 + 8

    def _is_no_choice(self, text: str) -> bool:
        """Few values, each of them seen often: another one would have come up by now."""
        if not self.choices or text in self.choices:
            return False
        return min(self.choices.values()) >= 5 and self.count >= SETTLED + 20 * len(self.choices)

    def _knows_type(self, kind: str) -> bool:
        if kind in self.types or TEXT in self.types:
            return True
        return any(kind in SUBSUMES.get(seen, ()) for seen in self.types)

    def age(self) -> None:
        """Halve every count: what is not seen again fades, its place is free for new."""
        self.count //= 2
        self.types = _halved(self.types)
        self.alphabet = _halved(self.alphabet)
        self.lengths = _halved(self.lengths)
        if self.choices is not None:
            self.choices = _halved(self.choices)

    def to_json(self) -> dict[str, Any]:
        """Only strings, numbers, lists and dictionaries."""
        return {
            "count": self.count,
            "clients": sorted(self.clients),
            "types": self.types,
            "alphabet": self.alphabet,
            "lengths": {str(step): count for step, count in self.lengths.items()},
            "choices": self.choices,
            "most": self.most,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FieldProfile:
        """As ``to_json`` wrote it; raises KeyError, TypeError or ValueError on anything else."""
        choices = data["choices"]
        return cls(
            int(data["count"]),
            {int(client) for client in data["clients"]},
            {str(kind): int(count) for kind, count in data["types"].items()},
            {str(sign): int(count) for sign, count in data["alphabet"].items()},
            {int(step): int(count) for step, count in data["lengths"].items()},
            None if choices is None else {str(text): int(n) for text, n in choices.items()},
            int(data["most"]),
        )


def _halved(counts: dict[Any, int]) -> dict[Any, int]:
    return {key: count // 2 for key, count in counts.items() if count > 1}
