from __future__ import annotations

import pytest

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group
from shangdun.respond.instructions import instructions


@pytest.mark.parametrize("kind", Type)
def test_each_type_has_instructions_for_all_four_groups_in_both_languages(kind: Type) -> None:
    found = instructions(kind)
    assert set(found) == set(Group) - {Group.LEADERSHIP}
    for one in found.values():
        assert one.text("zh-hans") != one.text("en")
        assert one.text("en").isascii()
