"""Which groups of a result may be shown without giving somebody away.

A group below the minimum size is never shown (primary suppression). What can be reckoned by
subtracting the shown groups from the whole must be large enough too: further groups, the smallest
first, are withheld until it is (complementary suppression; Hundepool et al., Statistical Disclosure
Control, 2012, chapter 5).
"""

from __future__ import annotations

from collections.abc import Mapping

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
