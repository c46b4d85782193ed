"""Attack payloads of every class: grammars filled at random, then disguised at random."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator

from tests.bench.inspect_sets import disguise, placing
from tests.bench.inspect_sets.attack_fillers import FILLERS
from tests.bench.inspect_sets.attack_texts import TEMPLATES
from tests.bench.inspect_sets.browser import hexes, token
from tests.bench.inspect_sets.sample import Sample


def filled(rng: random.Random, text: str) -> str:
    """A template with every ``⟨name⟩`` replaced by a random filler, nested ones as well."""
    while "⟨" in text:
        before, _, rest = text.partition("⟨")
        name, _, after = rest.partition("⟩")
        text = before + _filler(rng, name) + after
    return text


def _filler(rng: random.Random, name: str) -> str:
    if name == "n":
        return str(rng.choice((rng.randrange(10), rng.randrange(10000), -rng.randrange(100))))
    if name == "w":
        return rng.choice("abcdefgh") + token(rng, rng.randrange(1, 6)).lower()
    if name == "hex":
        return hexes(rng, rng.choice((4, 8, 16)))
    if name == "up":
        return rng.choice(FILLERS["dotdot"]) * rng.randrange(2, 9)
    if name == "b64":
        return base64.b64encode(filled(rng, "⟨cmd⟩").encode()).decode()
    return rng.choice(FILLERS[name])


DISGUISES: dict[str, Callable[[random.Random, str], str]] = {
    "sql": disguise.sql,
    "xss": disguise.markup,
    "shell": disguise.shell,
    "path": disguise.path,
    "expression": disguise.jndi,
}


def payloads(cls: str, count: int, seed: int = 1) -> Iterator[str]:
    """``count`` payloads of a class; a third of them disguised where the class knows how."""
    rng = random.Random(f"{cls}/{seed}")
    for _ in range(count):
        text = filled(rng, rng.choice(TEMPLATES[cls]))
        if cls in DISGUISES and rng.random() < 0.35:
            text = DISGUISES[cls](rng, text)
        yield text


def attacks(each: int, seed: int = 1) -> Iterator[Sample]:
    """``each`` requests of every class, payloads in random places; the same for the same seed."""
    for cls in TEMPLATES:
        rng = random.Random(f"place/{cls}/{seed}")
        for text in payloads(cls, each, seed):
            sent = placing.place(rng, text, cls)
            yield Sample(sent, "written", cls, attack=True, note=text)
