"""What an automatic step is given to work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shangdun.detect.entities import DEFAULTS
from shangdun.kernel.clock import Clock
from shangdun.kernel.config import Config
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake

if TYPE_CHECKING:
    from shangdun.records.models import Incident, Task

MOST_VALUES = 50
MOST_TERMS = 100
KINDS = {"ip": "address", "staff": "account"}
"""Playbooks' names of entities that are called otherwise here."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One attempt of one step."""

    home: Path
    config: Config
    clock: Clock
    task: Task
    key: str
    """The same in each repetition of what nobody saw end."""
    began: datetime
    """When it was first claimed under this key."""
    seconds: float = 60.0

    @property
    def incident(self) -> Incident:
        return self.task.incident

    @property
    def parameters(self) -> Mapping[str, Any]:
        given: Mapping[str, Any] = self.task.parameters
        return given

    @property
    def lake(self) -> Lake:
        return Lake(lake_folder(self.home, self.config))

    def text(self, name: str) -> str:
        """A parameter as text; empty where it is missing."""
        value = self.parameters.get(name)
        return "" if value is None else str(value).strip()

    def number(self, name: str, otherwise: int, most: int) -> int:
        """A parameter as a whole number from 1 to ``most``."""
        try:
            return min(most, max(1, int(self.text(name))))
        except ValueError:
            return otherwise

    def kind(self) -> str:
        """What kind of entity the step is about."""
        named = self.text("entity") or "address"
        return KINDS.get(named, named)

    def values(self) -> list[str]:
        """Whom the step is about: what its variables say, else the incident's own entities."""
        given = self.parameters.get("what")
        texts = given if isinstance(given, list) else str(given or "").replace("\n", ",").split(",")
        named = [str(text).strip() for text in texts]
        found = [text for text in dict.fromkeys(named) if text and not text.startswith("__")]
        if not found and (self.text("what") in {"", "entities"} or "__" in self.text("what")):
            rows = self.incident.entities.filter(kind=self.kind()).order_by("-last_time")
            found = list(rows.values_list("value", flat=True))
        return found[:MOST_VALUES]

    def query(self) -> str:
        """The step's search; without one, everything that the incident's entities did."""
        given = self.text("query")
        return given if given and given != "entities" else self.around()

    def around(self) -> str:
        """A search for the incident's entities; empty where it has none that events name."""
        terms = []
        for entity in self.incident.entities.order_by("-last_time")[:MOST_TERMS]:
            fields = DEFAULTS.get(entity.kind)
            if fields:
                quoted = entity.value.replace("\\", "\\\\").replace('"', '\\"')
                terms.append(f'{fields[0]}:"{quoted}"')
        return " OR ".join(terms)
