"""What the inspector says, as a finding's page shows it, in both languages."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from shangdun.console.inspected import CLASSES, LAYERS, SENTENCES, inspected_of, sentence
from shangdun.detect.decode.columns import COLUMNS, INSPECTED
from shangdun_guard.inspector.decode import layers
from shangdun_guard.inspector.registry import all_sinks

TARGET = "/?q=1%2527%2520UNION%2520SELECT%2520password%2520FROM%2520users--%2520"


def reason_of(text: str, part: str = "target") -> dict[str, str]:
    words = COLUMNS[f"{INSPECTED}.{part}"].words
    assert words is not None
    return {"field": INSPECTED, "value": words(text)}


def test_a_reason_tells_place_value_layers_and_why_in_chinese():
    with override("zh-hans"):
        found = inspected_of(reason_of(TARGET))
    assert found is not None
    assert found.classes == ["SQL 注入"]
    (value,) = found.values
    assert (value.place, value.name) == ("查询参数", "q")
    assert set(value.layers) == {"URL 编码"}
    assert value.form.startswith("1' UNION SELECT")
    assert "UNION" in found.reasons[0]


def test_a_known_exploit_keeps_its_reference():
    with override("zh-hans"):
        found = inspected_of(reason_of("/nacos/v1/auth/users?pageNo=1"))
    assert found is not None
    assert found.reasons == ["已知的攻击目标：Nacos 会创建管理员（CVE-2021-29441）。"]


def test_what_the_guard_did_is_told():
    reason = {"field": INSPECTED, "value": "class:sql sql.union\n= block\nform q: 1\n- Why."}
    with override("en"):
        found = inspected_of(reason)
    assert found is not None
    assert (found.action, found.reasons) == ("The guard refused it", ["Why."])


@pytest.mark.parametrize("text", sorted(SENTENCES))
def test_every_sentence_of_the_inspector_is_said_in_chinese(text):
    with override("zh-hans"):
        said = sentence(text)
    assert said != text
    assert any("一" <= letter <= "鿿" for letter in said)


def test_every_class_and_layer_has_a_name():
    assert {sink.name for sink in all_sinks()} <= CLASSES.keys()
    assert {name for name, _ in layers.LAYERS} <= LAYERS.keys()


@pytest.mark.parametrize(
    "reason",
    [
        {"field": "cs-uri", "value": "class:sql"},
        {"field": INSPECTED, "value": ""},
        {"field": INSPECTED, "value": "odd"},
        {},
    ],
)
def test_other_reasons_are_shown_as_they_are(reason):
    assert inspected_of(reason) is None


def test_a_form_that_looks_like_a_value_stays_in_its_place():
    found = inspected_of(reason_of("/?q=%27+or+1%3D1--+%0A%3D+block%0A-+All+is+well."))
    assert found is not None
    assert found.action == ""
    assert "All is well." not in found.reasons
