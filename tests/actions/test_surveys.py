"""Surveys for real: one answer an invitation, anonymous in the rows, frozen once opened."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from shangdun.actions.surveys.answer import ANYBODY, do_answer_survey
from shangdun.actions.surveys.drafts import (
    SurveyTexts,
    do_archive_survey,
    do_change_survey,
    do_prepare_survey,
)
from shangdun.actions.surveys.invite import do_invite, do_make_links, do_remind_invited
from shangdun.actions.surveys.opening import do_close_survey, do_open_survey
from shangdun.actions.surveys.questions import do_remove_question, do_save_question
from shangdun.actions.surveys.rhythm import do_prepare_round
from shangdun.govern.survey.questions import Question, QuestionKind
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import SETUP
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    LedgerEntry,
    Message,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyMode,
    SurveyQuestion,
    SurveyState,
)
from shangdun.records.surveys import good_ticket, link_token, new_ticket, results_of, turnout
from shangdun.runtime.programme.surveys import keep_surveys

from .conftest import NOON

TODAY = NOON.date()
NAMES = [f"customer{n}@shop.example" for n in range(40)]


def texts(survey, **changes):
    named = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
    kept = {name: getattr(survey, name) for name in named}
    return SurveyTexts(**{**kept, "closes_on": TODAY + timedelta(days=20), **changes})


def opened(clock, **changes):
    survey = do_prepare_survey(SETUP, template="satisfaction", clock=clock)
    do_change_survey(SETUP, texts(survey, **changes), number=survey.number, clock=clock)
    return do_open_survey(SETUP, number=survey.number, clock=clock)


def answer(token, clock, overall="5", **more):
    given = {"overall": [overall], **{key: [value] for key, value in more.items()}}
    return do_answer_survey(ANYBODY, given, token=token, clock=clock)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_answer(clock):
    survey = opened(clock)
    token = do_invite(SETUP, NAMES[:1], number=survey.number, clock=clock)[0]
    start, told = threading.Barrier(6), []

    def click():
        start.wait()
        try:
            told.append(answer(token, clock))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(6)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(told) == [False] * 5 + [True]
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.django_db
def test_nothing_kept_ties_an_answer_to_anybody(clock):
    survey = opened(clock)
    tokens = do_invite(SETUP, NAMES, number=survey.number, clock=clock)
    for place, token in enumerate(tokens):
        clock.move(timedelta(minutes=3))
        assert answer(token, clock, wish=f"answer {place:02}")
    # The rows have the survey, the values and a number by chance; invitations a hash and a mark.
    fields = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert fields == {"id", "survey", "values"}
    marks = {field.name for field in SurveyInvitation._meta.get_fields()}
    assert marks == {"id", "survey", "token_hash", "used"}
    stored = [row.token_hash for row in SurveyInvitation.objects.order_by("pk")]
    assert stored == sorted(stored)
    assert not set(stored) & set(tokens)
    # Neither by number nor as the database stores them do they stand as they came in.
    by_row = list(SurveyAnswer.objects.values_list("values", flat=True))
    came = sorted(by_row, key=lambda one: one["wish"])
    assert by_row != came
    assert list(SurveyAnswer.objects.order_by("pk").values_list("values", flat=True)) != came
    # The ledger has that somebody answered on this day: no hour, no answer, no token.
    entries = LedgerEntry.objects.filter(action="answer_survey")
    assert entries.count() == 40
    assert set(entries.values_list("time", "payload", "actor", "subject_id")) == {
        (1_777_824_000_000, "{}", "system:survey", str(survey.number))
    }


@pytest.mark.django_db
def test_every_answer_writes_others_anew_so_that_the_last_one_cannot_be_told(clock):
    survey = opened(clock)
    tokens = do_make_links(SETUP, 12, number=survey.number, clock=clock)
    for token in tokens[:-1]:
        answer(token, clock)
    before = set(SurveyAnswer.objects.values_list("pk", flat=True))
    answer(tokens[-1], clock, overall="1")
    assert not before & set(SurveyAnswer.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_reminders_come_from_the_same_list_with_the_same_links_and_end_with_the_survey(clock):
    survey = opened(clock)
    tokens = do_invite(SETUP, NAMES[:3], number=survey.number, clock=clock)
    entries = LedgerEntry.objects.count()
    again = do_invite(SETUP, ["CUSTOMER0@shop.example "], number=survey.number, clock=clock)
    assert again == tokens[:1]
    assert LedgerEntry.objects.count() == entries, "nobody new was invited"
    answer(tokens[1], clock)
    found = do_remind_invited(SETUP, NAMES[:5], number=survey.number, clock=clock)
    assert found == [(NAMES[0], tokens[0]), (NAMES[2], tokens[2])]
    do_close_survey(SETUP, number=survey.number, clock=clock)
    survey.refresh_from_db()
    assert survey.salt == ""
    with pytest.raises(UsageError):
        do_remind_invited(SETUP, NAMES[:3], number=survey.number, clock=clock)
    with pytest.raises(NotFound):
        answer(tokens[0], clock)


@pytest.mark.django_db
def test_no_result_before_the_end_and_none_below_the_smallest_group(clock):
    survey = opened(clock)
    tokens = do_make_links(SETUP, 30, number=survey.number, clock=clock)
    for token in tokens[:9]:
        answer(token, clock)
    assert results_of(survey) is None, "two looks at a growing survey would tell the newcomer"
    assert (turnout(survey).used, turnout(survey).invited) == (9, 30)
    do_close_survey(SETUP, number=survey.number, clock=clock)
    survey.refresh_from_db()
    found = results_of(survey)
    assert (found.enough, found.answers) == (False, None)


@pytest.mark.django_db
def test_an_opened_survey_never_changes_not_even_by_sql(clock):
    survey = opened(clock)
    with pytest.raises(UsageError) as caught:
        do_remove_question(SETUP, number=survey.number, key="wish", clock=clock)
    assert caught.value.code == "survey.opened"
    row = survey.questions.first()
    with pytest.raises(IntegrityError, match="do not change"):
        SurveyQuestion.objects.filter(pk=row.pk).update(text_en="Are you not happy?")


@pytest.mark.django_db
def test_both_languages_must_be_there_and_a_day_to_come(clock):
    survey = do_prepare_survey(SETUP, template="satisfaction", clock=clock)
    for changes, code in (
        ({"intro_en": " "}, "survey.language"),
        ({"closes_on": None}, "survey.closes"),
        ({"closes_on": TODAY - timedelta(days=1)}, "survey.closes"),
    ):
        do_change_survey(SETUP, texts(survey, **changes), number=survey.number, clock=clock)
        with pytest.raises(UsageError) as caught:
            do_open_survey(SETUP, number=survey.number, clock=clock)
        assert caught.value.code == code
    half = Question(key="", kind=QuestionKind.TEXT, zh="只有中文", en="")
    do_change_survey(SETUP, texts(survey), number=survey.number, clock=clock)
    do_save_question(SETUP, half, number=survey.number, clock=clock)
    with pytest.raises(UsageError) as caught:
        do_open_survey(SETUP, number=survey.number, clock=clock)
    assert (caught.value.code, caught.value.where) == ("survey.language", "q1")


@pytest.mark.django_db
def test_two_who_write_at_once_see_each_other(clock):
    survey = do_prepare_survey(SETUP, template="satisfaction", clock=clock)
    mine = texts(survey, title_en="Mine")
    do_change_survey(SETUP, mine, number=survey.number, version=1, clock=clock)
    with pytest.raises(EditConflict) as caught:
        do_change_survey(
            SETUP, texts(survey, title_en="Theirs"), number=survey.number, version=1, clock=clock
        )
    assert caught.value.theirs["title_en"] == "Mine"
    entries = LedgerEntry.objects.count()
    do_change_survey(SETUP, mine, number=survey.number, version=1, clock=clock)
    assert LedgerEntry.objects.count() == entries, "a second click with the same changes nothing"


@pytest.mark.django_db
def test_an_open_link_takes_a_form_once_and_says_what_it_cannot(clock):
    survey = opened(clock, mode=SurveyMode.LINK)
    token, ticket = link_token(survey), new_ticket(survey, clock.now())
    assert not good_ticket(survey, ticket, clock.now()), "nobody answers in no time"
    clock.move(timedelta(seconds=30))
    assert good_ticket(survey, ticket, clock.now())
    assert not good_ticket(survey, ticket[:-1] + "x", clock.now())
    assert not good_ticket(survey, "", clock.now())
    assert not good_ticket(survey, ticket, clock.now() + timedelta(days=2))
    given = {"overall": ["4"]}
    assert do_answer_survey(ANYBODY, given, token=token, ticket=ticket, clock=clock)
    assert not do_answer_survey(ANYBODY, given, token=token, ticket=ticket, clock=clock)
    with pytest.raises(NotFound):
        do_answer_survey(ANYBODY, given, token=token[:-1] + "x", ticket=ticket, clock=clock)
    with pytest.raises(UsageError):
        do_invite(SETUP, NAMES, number=survey.number, clock=clock)


@pytest.mark.django_db
def test_a_year_of_surveys_by_the_clock():
    clock = FixedClock(datetime(2026, 4, 10, 2, tzinfo=UTC))
    keep_surveys(clock)
    assert not Survey.objects.exists(), "who never held one is not asked for the next"
    first = do_prepare_survey(SETUP, template="satisfaction", clock=clock)
    Survey.objects.filter(pk=first.pk).update(period="2026H1")
    dates = texts(first, opens_on=date(2026, 5, 17), closes_on=date(2026, 6, 16))
    do_change_survey(SETUP, dates, number=first.number, clock=clock)
    do_open_survey(SETUP, number=first.number, clock=clock)
    for _turn in range(122):
        keep_surveys(clock)
        clock.move(timedelta(days=3))
    second = Survey.objects.get(period="2026H2")
    assert Survey.objects.get(pk=first.pk).state == SurveyState.CLOSED
    assert (second.state, second.follows_id) == (SurveyState.DRAFT, first.pk)
    assert (second.opens_on.isoformat(), second.closes_on.isoformat()) == (
        "2026-11-17", "2026-12-17",
    )  # fmt: skip
    assert second.questions.count() == first.questions.count()
    said = list(Message.objects.filter(key__startswith="survey:").values_list("key", flat=True))
    assert sorted(said) == [
        f"survey:closing:{first.number}",
        "survey:due:2026H2",
        f"survey:late:{second.number}",
        f"survey:missed:{second.number}",
    ]


@pytest.mark.django_db
def test_a_round_prepared_after_its_day_of_opening_is_not_late_at_once():
    clock = FixedClock(datetime(2026, 11, 23, 2, tzinfo=UTC))
    do_prepare_round(SETUP, period="2027H1", clock=clock)
    keep_surveys(clock)
    begun = Survey.objects.get(period="2026H2")
    assert (begun.opens_on, begun.closes_on) == (date(2026, 11, 28), date(2026, 12, 17))
    assert not Message.objects.filter(key__startswith="survey:late").exists()
    clock.move(timedelta(days=6))
    keep_surveys(clock)
    assert Message.objects.filter(key=f"survey:late:{begun.number}").exists()


@pytest.mark.django_db
def test_an_open_survey_is_closed_before_it_is_put_away(clock):
    survey = opened(clock)
    with pytest.raises(UsageError):
        do_archive_survey(SETUP, number=survey.number, clock=clock)
    do_close_survey(SETUP, number=survey.number, clock=clock)
    assert do_archive_survey(SETUP, number=survey.number, clock=clock).archived_at is not None
