"""Which groups of a result may be shown without giving somebody away.

A group below the minimum size is never shown (primary suppression). What can be reckoned by
subtracting the shown groups from the whole must be large enough too: further groups, the smallest
first, are withheld until it is (complementary suppression; Hundepool et al., Statistical Disclosure
Control, 2012, chapter 5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

LEAST = 5
"""No survey may ask for less."""
USUAL = 10


def shown_groups(sizes: Mapping[str, int], least: int) -> frozenset[str]:
    """The groups that may be shown beside the whole; ``sizes`` must add up to it.

    Those who belong to no group are a group of their own in ``sizes``. Empty groups stay shown:
    they hold nobody.
    """
    people = {key: size for key, size in sizes.items() if size > 0}
    if sum(people.values()) < least:
        return frozenset()
    hidden = {key for key, size in people.items() if size < least}
    rest = sorted((key for key in people if key not in hidden), key=lambda key: (people[key], key))
    while hidden and (len(hidden) < 2 or sum(people[key] for key in hidden) < least) and rest:
        hidden.add(rest.pop(0))
    return frozenset(sizes) - hidden


def shown_divisions(divided: Mapping[str, Sequence[str]], least: int) -> dict[str, frozenset[str]]:
    """What may be shown where the same people are divided in several ways, by division.

    ``divided``: each person's group, in the same order of people. Two ways can be subtracted from
    each other: of all in Beijing and all who came this year but one, the one is told. So a further
    way is shown only where nobody stands in a crossing of all ways shown with fewer than ``least``;
    whatever is reckoned of sums over such crossings is over no fewer. Otherwise none of its groups
    is.
    """
    found: dict[str, frozenset[str]] = {}
    crossings: list[tuple[str, ...]] = []
    for name, groups in divided.items():
        open_ = shown_groups(Counter(groups), least)
        blocks = [f"={group}" if group in open_ else "" for group in groups]
        before = crossings or [()] * len(blocks)
        further = [(*one, block) for one, block in zip(before, blocks, strict=True)]
        if min(Counter(further).values(), default=least) < least:
            found[name] = frozenset()
        else:
            found[name], crossings = open_, further
    return found
