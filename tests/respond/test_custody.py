"""The chain of custody: every change of it is seen, and two signatures make a handing over."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import UsageError
from shangdun.respond.evidence.custody import (
    Act,
    Holding,
    Link,
    broken_at,
    check_act,
    first_seal,
    seal,
)

FIRST = first_seal(7, 1, "ab" * 32, 100)


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        previous = links[-1].hash if links else FIRST
        links.append(
            seal(
                Link(
                    number=number, at=1000 * number, act=Act.NOTED, actor="user:1:li", to="",
                    text=f"note {number}", previous=previous,
                )
            )
        )  # fmt: skip
    return links


@given(st.integers(1, 6), st.data())
def test_any_changed_field_is_found_where_it_was_changed(length, data):
    links = chain(length)
    assert broken_at(FIRST, links) is None
    place = data.draw(st.integers(0, length - 1))
    name = data.draw(st.sampled_from(["at", "act", "actor", "to", "text", "previous", "number"]))
    old = getattr(links[place], name)
    links[place] = msgspec.structs.replace(
        links[place], **{name: old + 1 if isinstance(old, int) else f"{old}x"}
    )
    assert broken_at(FIRST, links) == place + 1


def test_a_link_sealed_anew_breaks_the_next():
    links = chain(3)
    links[1] = seal(msgspec.structs.replace(links[1], text="rewritten", hash=""))
    assert broken_at(FIRST, links) == 3


def test_links_cannot_be_left_out_or_moved_to_another_item():
    links = chain(3)
    assert broken_at(FIRST, [links[0], links[2]]) == 2
    assert broken_at(first_seal(7, 1, "cd" * 32, 100), links) == 1
    assert broken_at(FIRST, []) == 1


HELD = Holding(holder=1, offered_to=0, legal_hold=False, disposed=False, incident_open=True)
OFFERED = msgspec.structs.replace(HELD, offered_to=2)
CLOSED = msgspec.structs.replace(HELD, incident_open=False)
REFUSED = {
    "another's item": (Act.OFFERED, HELD, 3, 2, "not_holder"),
    "to oneself": (Act.OFFERED, HELD, 1, 1, "self"),
    "offered already": (Act.OFFERED, OFFERED, 1, 3, "offered"),
    "accepting what was not offered": (Act.ACCEPTED, HELD, 2, 0, "not_yours"),
    "accepting for another": (Act.ACCEPTED, OFFERED, 3, 0, "not_yours"),
    "disposing in an open incident": (Act.DISPOSED, HELD, 1, 0, "open"),
    "disposing under hold": (
        Act.DISPOSED, msgspec.structs.replace(CLOSED, legal_hold=True), 1, 0, "hold",
    ),
    "after its disposal": (
        Act.ACCESSED, msgspec.structs.replace(CLOSED, disposed=True), 1, 0, "disposed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_chain_does_not_allow(name):
    act, item, actor, to, code = REFUSED[name]
    with pytest.raises(UsageError) as caught:
        check_act(act, item, actor=actor, to=to)
    assert caught.value.code == f"custody.{code}"


def test_what_it_allows():
    check_act(Act.OFFERED, HELD, actor=1, to=2)
    check_act(Act.OFFERED, msgspec.structs.replace(HELD, holder=0), actor=3, to=2)
    check_act(Act.ACCEPTED, OFFERED, actor=2)
    check_act(Act.DISPOSED, CLOSED, actor=1)
