"""Questions, answers, and results that give nobody away."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.survey.questions import (
    Choice,
    Condition,
    Question,
    QuestionKind,
    problems_of,
    read_answer,
)
from shangdun.govern.survey.results import results
from shangdun.govern.survey.roster import decoded, read_roster, written
from shangdun.govern.survey.suppression import shown_divisions, shown_groups
from shangdun.govern.survey.template import survey_template
from shangdun.kernel.errors import NotFound, UsageError

YES_NO = (Choice("yes", "是", "Yes"), Choice("no", "否", "No"))
OVERALL = Question(key="overall", kind=QuestionKind.SCALE, zh="总体", en="Overall", required=True)
MET = Question(
    key="met", kind=QuestionKind.CHOICE, zh="遇到", en="Met", choices=YES_NO, groups=True
)
WHAT = Question(
    key="what", kind=QuestionKind.TEXT, zh="什么", en="What", required=True,
    only_if=Condition("met", ("yes",)),
)  # fmt: skip
SEVERAL = Question(key="many", kind=QuestionKind.SEVERAL, zh="多选", en="Many", choices=YES_NO)
ALL = [OVERALL, MET, WHAT, SEVERAL]


def changed(question, **values):
    return msgspec.structs.replace(question, **values)


def test_the_survey_that_comes_along_is_ready_to_open():
    template = survey_template("satisfaction")
    assert problems_of(template.questions) == []
    assert template.questions[0].kind is QuestionKind.SCALE
    with pytest.raises(NotFound):
        survey_template("../../etc/passwd")


@pytest.mark.parametrize(
    ("questions", "codes"),
    [
        ([], ["survey.empty"]),
        ([changed(OVERALL, en=" ")], ["survey.language"]),
        ([OVERALL, OVERALL], ["survey.twice"]),
        ([changed(MET, choices=YES_NO[:1])], ["survey.choices"]),
        ([changed(MET, choices=(*YES_NO, Choice("yes", "又", "Again")))], ["survey.choice_twice"]),
        ([changed(MET, choices=(Choice("yes", "是", ""), YES_NO[1]))], ["survey.choice_language"]),
        ([changed(SEVERAL, groups=True)], ["survey.groups"]),
        ([WHAT, MET], ["survey.rule"]),
        ([SEVERAL, changed(WHAT, only_if=Condition("many", ("yes",)))], ["survey.rule"]),
        ([MET, changed(WHAT, only_if=Condition("met", ("perhaps",)))], ["survey.rule_answer"]),
        ([changed(OVERALL, key=f"q{n}") for n in range(41)], ["survey.many"]),
    ],
)
def test_what_keeps_a_survey_from_opening_is_named(questions, codes):
    assert [one.code for one in problems_of(questions)] == codes


def test_an_answer_is_read_by_its_questions():
    sent = {"overall": ["4"], "met": ["yes"], "what": ["  lost my account "], "many": ["no", "yes"]}
    values, wrong = read_answer(ALL, sent)
    assert wrong == {}
    assert values == {
        "overall": 4, "met": "yes", "what": "lost my account", "many": ["yes", "no"],
    }  # fmt: skip


def test_what_does_not_apply_is_neither_missed_nor_kept():
    values, wrong = read_answer(ALL, {"overall": ["4"], "met": ["no"], "what": ["forged"]})
    assert (values, wrong) == ({"overall": 4, "met": "no"}, {})


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"overall": "answer.missing"}),
        ({"overall": ["6"]}, {"overall": "answer.unknown"}),
        ({"overall": ["1", "5"]}, {"overall": "answer.unknown"}),
        ({"overall": ["5"], "met": ["<script>"]}, {"met": "answer.unknown"}),
        ({"overall": ["5"], "met": ["yes"]}, {"what": "answer.missing"}),
        ({"overall": ["5"], "met": ["yes"], "what": ["x" * 2001]}, {"what": "answer.long"}),
        ({"overall": ["5"], "many": ["yes", "maybe"]}, {"many": "answer.unknown"}),
    ],
)
def test_what_does_not_fit_is_said_at_its_question(sent, wrong):
    assert read_answer(ALL, sent)[1] == wrong


def answers(**groups):
    return [
        {"overall": score, "met": group} for group, scores in groups.items() for score in scores
    ]


def test_results_carry_how_sure_they_are():
    found = results([OVERALL, MET], answers(yes=[5] * 12, no=[2] * 4 + [4] * 16), least=10)
    overall = found.outcomes[0]
    assert (found.answers, overall.answered) == (32, 32)
    assert overall.score is not None
    assert (overall.score.content, overall.score.share) == (28, 28 / 32)
    assert overall.score.share_interval.method == "clopper-pearson"
    assert overall.score.mean == pytest.approx((60 + 8 + 64) / 32)
    assert overall.score.mean_interval is not None
    assert [bar.count for bar in overall.bars] == [0, 4, 0, 16, 12]
    groups = {one.key: one.score and one.score.count for one in overall.by[0][1]}
    assert groups == {"yes": 12, "no": 20}


def test_below_the_smallest_group_nothing_is_told_not_even_how_many():
    found = results([OVERALL], answers(yes=[5] * 9), least=10)
    assert (found.enough, found.answers, found.outcomes) == (False, None, ())


def test_a_question_few_answered_is_not_shown():
    rows = [*answers(yes=[5] * 12), *({"overall": 3, "what": "only me"} for _ in range(2))]
    texts = results([OVERALL, WHAT], rows, least=10).outcomes[1]
    assert (texts.enough, texts.answered, texts.texts) == (False, None, ())


def test_a_small_group_cannot_be_reckoned_from_the_others():
    # «no» is too small; were «yes» alone hidden with it, the whole less the third would show it.
    groups = answers(yes=[5] * 12, no=[1] * 3) + [{"overall": 4}] * 30
    by = results([OVERALL, MET], groups, least=10).outcomes[0].by[0][1]
    assert {one.key: one.score is None for one in by} == {"yes": True, "no": True, "": False}


@given(
    st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 60), max_size=8),
    st.integers(5, 30),
)
def test_no_subtraction_gives_a_group_below_the_minimum(sizes, least):
    shown = shown_groups(sizes, least)
    assert all(sizes[key] >= least or sizes[key] == 0 for key in shown)
    hidden = [size for key, size in sizes.items() if key not in shown and size]
    if shown:
        # What is left when everything shown is taken away: nobody, or enough of several groups.
        assert not hidden or (sum(hidden) >= least and len(hidden) >= 2)


def test_two_ways_to_divide_people_are_not_subtracted_from_each_other():
    """All of the old customers and one more are those of the north: north less old is that one."""
    old = Question(key="old", kind=QuestionKind.CHOICE, zh="老", en="old", groups=True,
                   choices=(Choice("yes", "是", "yes"), Choice("no", "否", "no")))  # fmt: skip
    rows = [{"overall": 4, "met": "yes", "old": "yes"}] * 20
    rows += [{"overall": 1, "met": "yes", "old": "no"}]
    rows += [{"overall": 5, "met": "no", "old": "no"}] * 20
    by = dict(results([OVERALL, MET, old], rows, least=10).outcomes[0].by)
    assert [one.score is None for one in by["met"] if one.key] == [False, False]
    assert all(one.score is None for one in by["old"])
    crossed = [{"overall": 4, "met": a, "old": b} for a in ("yes", "no") for b in ("yes", "no")]
    by = dict(results([OVERALL, MET, old], crossed * 10, least=10).outcomes[0].by)
    assert all(one.score for groups in by.values() for one in groups if one.key)


@given(
    st.lists(st.tuples(*[st.sampled_from("abc")] * 3), max_size=120),
    st.integers(5, 12),
)
def test_nothing_shown_tells_fewer_than_the_minimum_apart(people, least):
    """Whatever is reckoned of what is shown is the same for all who are in the same of its groups:
    these are at least so many.
    """
    divided = {str(way): [one[way] for one in people] for way in range(3)}
    shown = shown_divisions(divided, least)
    alike = Counter(
        tuple(one[way] if one[way] in shown[str(way)] else "" for way in range(3)) for one in people
    )
    if any(shown.values()):
        assert min(alike.values()) >= least


def test_a_list_is_read_row_by_row():
    text = "邮箱,姓名\na@x.cn,甲\n,乙\nA@X.CN,丙\n\n" + "b" * 201 + ",丁\nc@x.cn,戊\n"
    roster = read_roster(text, heading=True)
    assert roster.heading == ("邮箱", "姓名")
    assert roster.rows == (("a@x.cn", "甲"), ("c@x.cn", "戊"))
    assert roster.wrong == ((3, "empty"), (4, "twice"), (6, "long"))
    assert read_roster("a@x.cn\tone\nb@x.cn\ttwo", heading=False).names == ["a@x.cn", "b@x.cn"]


def test_files_from_chinese_spreadsheets_are_read_and_formulas_disarmed():
    assert decoded("邮箱".encode("gb18030")) == "邮箱"
    for hostile in (b"PK\x03\x04\x00\x00", b"\xff" * 40, b"a" * ((2 << 20) + 1)):
        with pytest.raises(UsageError):
            decoded(hostile)
    out = written(("who", "Link"), [("=1+1", "https://x/")]).decode("utf-8-sig")
    assert out == "who,Link\r\n'=1+1,https://x/\r\n"
