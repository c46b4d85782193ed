"""Templates: complete in both languages, and nothing that anybody writes can ask for more."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import UsageError
from shangdun.notify.templates import (
    LONGEST_VALUE,
    fields_in,
    read,
    render,
    shown_value,
    tame,
    template_of,
    templates,
    words,
)

KINDS = {
    "reported", "asked", "escalated", "ordered", "task_assigned", "task_overdue", "update",
    "clock_reminder", "notice_approval", "document_published", "ack_reminder", "review_due",
    "drill_announced", "supplies_short", "contained", "closed", "report_due", "test",
}  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_kind_is_there():
    assert templates().keys() >= KINDS


@pytest.mark.parametrize("kind", sorted(templates()))
def test_a_template_says_the_same_in_both_languages(kind):
    template = template_of(kind)
    for part in ("title", "body"):
        zh, en = getattr(template.zh, part), getattr(template.en, part)
        assert fields_in(zh) == fields_in(en), kind
        assert not CHINESE.search(en)
    assert CHINESE.search(template.zh.title + template.zh.body)
    assert template.urgency in {"normal", "urgent"}
    assert not template.escalate or template.acknowledge
    if template.acknowledge:
        assert "acknowledge_link" in fields_in(template.zh.body)


@pytest.mark.parametrize("kind", sorted(templates()))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_any_field_nothing_breaks(kind, language):
    made = render(kind, language, {}, drill=True, repeated=True)
    assert made.title.startswith("【演练】" if language == "zh" else "[DRILL]")
    assert "{" not in made.title + made.body


def test_words_are_in_both_languages():
    for table in words().values():
        for value in table.values():
            assert value["zh"]
            assert value["en"]


ATTACKS = [
    "{title.__class__.__mro__}", "{0}", "{}", "%s %(x)s", "$title ${title}", "{{7*7}}",
    "{link}", "{acknowledge_link}", "{{% raw %}}", "{title!r:>99999999}",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_somebody_writes_is_never_a_template(attack):
    made = render("reported", "en", {"title": attack, "link": "https://console/", "number": 1})
    assert tame(attack) in made.title


def test_no_link_mention_or_second_line_from_somebody():
    evil = "a\r\nSubject: x\nhttp://evil.example @all <at user_id=all> \u202eabc\x00"
    made = render("reported", "zh", {"what": evil, "title": evil, "link": "https://console/i/1/"})
    assert "\n" not in made.title
    assert "http://evil" not in made.body
    assert "https://console/i/1/" in made.body
    assert "@" not in made.body
    assert "<" not in made.body
    assert "\u202e" not in made.body


@given(st.text())
def test_a_value_is_one_tame_line(text):
    shown = tame(text)
    assert len(shown.replace("\u2060", "")) <= LONGEST_VALUE
    assert not set("\r\n<>@\x00\u2028\u202e") & set(shown)
    assert "://" not in shown


def test_a_line_without_anything_to_say_is_left_out():
    made = render("reported", "en", {"number": 3, "title": "x", "what": ""})
    assert "What was seen" not in made.body
    assert "Affected" not in made.body


def test_a_value_in_two_languages():
    assert shown_value({"zh": "重大", "en": "Serious"}, "zh") == "重大"
    assert shown_value(["a", {"zh": "乙", "en": "b"}], "en") == "· a\n· b"


@pytest.mark.parametrize(
    "text", ["", "zh: 1", "a: [", "zh: {title: a, body: b}\nen: {title: a, body: b}\nmore: 1"]
)
def test_a_bad_file_is_named(text):
    with pytest.raises(UsageError) as failed:
        read("x.yml", text)
    assert failed.value.code == "message.template"
    assert "x.yml" in failed.value.where


def test_a_kind_without_template():
    with pytest.raises(UsageError) as failed:
        template_of("../../etc/passwd")
    assert failed.value.code == "message.kind"
