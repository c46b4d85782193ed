"""Which playbooks an order begins with, unless leadership says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from shangdun.respond.classify import Type
from shangdun.respond.facts import Facts
from shangdun.respond.playbook.extension import playbook_id


class Hint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A playbook by the name in its file, and what points to it."""

    playbook: str
    tags: tuple[str, ...] = ()
    ransom: bool = False
    default: bool = False


def recommended(
    kind: Type, there: Collection[str], tags: Iterable[str], facts: Facts
) -> tuple[str, ...]:
    """Identifiers out of ``there``, those in use for the type.

    The only one; of several the first that the findings' techniques or the facts point to, else
    the type's default. None where nothing is said about any of them: a person chooses.
    """
    if len(there) == 1:
        return tuple(there)
    seen = {tag.lower() for tag in tags}
    hints = [hint for hint in _hints().get(kind, ()) if playbook_id(hint.playbook) in there]
    pointed = [h for h in hints if seen & set(h.tags) or (h.ransom and facts.ransom is True)]
    chosen = pointed[:1] or [hint for hint in hints if hint.default]
    return tuple(playbook_id(hint.playbook) for hint in chosen)


@cache
def _hints() -> dict[Type, tuple[Hint, ...]]:
    text = (files("shangdun") / "content" / "orders" / "recommended.yml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[Type, tuple[Hint, ...]])
