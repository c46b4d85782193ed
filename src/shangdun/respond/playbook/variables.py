"""Variables of CACAO (section 10.18): where they stand in texts, and their values at the start."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shangdun.respond.playbook.model import Playbook

NAME = re.compile(r"__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__\Z")
USE = re.compile(r"(__[a-zA-Z](?:[a-zA-Z0-9-]|_(?!_)){0,199}__):value")
"""A use in a text; of names that people write, which have no double underscore inside."""
LONGEST_VALUE = 20_000


def uses(text: str) -> tuple[str, ...]:
    """Names of the variables whose value the text asks for, each once, in order."""
    return tuple(dict.fromkeys(USE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``__name__:value`` replaced once; values are never read as texts with variables again."""
    return USE.sub(lambda found: values.get(found.group(1), found.group(0)), text)


def starting_values(playbook: Playbook) -> dict[str, str]:
    """The values that the document itself gives."""
    return {v.name: v.value for v in playbook.variables if v.value is not None}
