"""Tries again, ever more seldom, and gives up in the end."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shangdun.notify.backoff import NORMAL, URGENT, pause


@given(st.booleans(), st.text(max_size=20))
def test_pauses_grow_and_end(urgent, seed):
    steps = URGENT if urgent else NORMAL
    pauses = [pause(n, urgent=urgent, seed=seed) for n in range(1, len(steps) + 1)]
    assert all(pauses)
    for found, step in zip(pauses, steps, strict=True):
        assert timedelta(seconds=step) <= found <= timedelta(seconds=step * 1.1)
    assert pause(len(steps) + 1, urgent=urgent, seed=seed) is None
    assert timedelta(hours=12) < sum(pauses, timedelta()) < timedelta(hours=30)


def test_the_same_is_the_same_and_others_are_spread():
    found = {pause(3, urgent=True, seed=str(n)) for n in range(50)}
    assert len(found) > 40
    assert pause(3, urgent=True, seed="a") == pause(3, urgent=True, seed="a")


def test_an_urgent_one_is_tried_three_times_within_two_minutes():
    first = [pause(n, urgent=True, seed="x") for n in (1, 2, 3)]
    assert sum(first, timedelta()) < timedelta(minutes=2)
