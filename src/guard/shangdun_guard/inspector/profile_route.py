"""What is normal on one route: its parameters, methods and media types; and which routes exist."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from shangdun_guard.inspector.profile_field import CLIENTS, SETTLED, FieldProfile

FIELDS = 96
"""Parameters remembered of a route; one with more takes whatever it is given."""
CHILDREN = 40
"""Different segments below a path; with more, a segment is a parameter itself."""
ANY = "{}"
_VARIABLE = re.compile(r"[0-9]+|(?=.*[0-9])[0-9A-Fa-f-]{8,}|(?=.*[0-9])[A-Za-z0-9_-]{20,}|.{60,}")


def template(path: str) -> str:
    """``/order/{}/items`` of ``/order/7731/items``: segments that name one thing are open."""
    return "/".join(ANY if _VARIABLE.fullmatch(part) else part for part in path.split("/"))


@dataclass
class RouteProfile:
    """Counts over the requests of one method to one path."""

    count: int = 0
    clients: set[int] = field(default_factory=set)
    media: dict[str, int] = field(default_factory=dict)
    """Media type of bodies, without parameters, to how often; 8 at most."""
    fields: dict[str, FieldProfile] = field(default_factory=dict)
    """Place and name, as ``query:page``."""
    takes_any: bool = False
    """There were more names than could be remembered."""

    @property
    def is_settled(self) -> bool:
        """Enough requests from enough clients to speak."""
        return self.count >= SETTLED and len(self.clients) >= CLIENTS

    def learn(self, values: dict[str, list[str]], media: str, client: int) -> None:
        """Count one honest request; ``values`` by place and name."""
        self.count += 1
        if len(self.clients) < CLIENTS:
            self.clients.add(client)
        if media and (media in self.media or len(self.media) < 8):
            self.media[media] = self.media.get(media, 0) + 1
        for key, texts in values.items():
            known = self.fields.get(key)
            if known is None:
                if len(self.fields) >= FIELDS:
                    self.takes_any = True
                    continue
                known = self.fields[key] = FieldProfile()
            known.most = max(known.most, len(texts))
            for text in texts[:16]:
                known.learn(text, client)

    def always(self) -> list[str]:
        """Parameters that stood in every request, where that is certain."""
        if not self.is_settled:
            return []
        return [key for key, known in self.fields.items() if known.count >= self.count]

    def age(self) -> None:
        """Halve every count, and forget parameters that faded."""
        self.count //= 2
        self.media = {name: count // 2 for name, count in self.media.items() if count > 1}
        for known in self.fields.values():
            known.age()
        self.fields = {key: known for key, known in self.fields.items() if known.count}

    def to_json(self) -> dict[str, Any]:
        """Only strings, numbers, lists and dictionaries."""
        return {
            "count": self.count,
            "clients": sorted(self.clients),
            "media": self.media,
            "fields": {key: known.to_json() for key, known in self.fields.items()},
            "takes_any": self.takes_any,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RouteProfile:
        """As ``to_json`` wrote it; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            int(data["count"]),
            {int(client) for client in data["clients"]},
            {str(name): int(count) for name, count in data["media"].items()},
            {str(key): FieldProfile.from_json(known) for key, known in data["fields"].items()},
            bool(data["takes_any"]),
        )
