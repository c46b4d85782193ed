"""The public page of a survey, and lists of invitations: no cookie, no script, nothing lost."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shangdun.actions.surveys.drafts import SurveyTexts, do_change_survey, do_prepare_survey
from shangdun.actions.surveys.invite import do_make_links
from shangdun.actions.surveys.opening import do_close_survey, do_open_survey
from shangdun.console.views.programme import survey_public
from shangdun.records.actor import SETUP
from shangdun.records.models import LedgerEntry, SurveyAnswer, SurveyInvitation, SurveyMode

pytestmark = pytest.mark.django_db


def opened(mode=SurveyMode.INVITED):
    survey = do_prepare_survey(SETUP, template="satisfaction")
    named = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
    kept = {name: getattr(survey, name) for name in named}
    until = datetime.now(UTC).date() + timedelta(days=9)
    texts = SurveyTexts(**kept, mode=mode, closes_on=until)
    do_change_survey(SETUP, texts, number=survey.number)
    return do_open_survey(SETUP, number=survey.number)


@pytest.fixture
def survey(console):
    return opened()


@pytest.fixture
def link(survey):
    return f"/s/{do_make_links(SETUP, 1, number=survey.number)[0]}/"


def nobody():
    return Client(enforce_csrf_checks=True)


def test_somebody_without_cookies_answers_once_in_either_language(link):
    client = nobody()
    english = client.get(f"{link}?lang=en")
    assert "how satisfied are you with the security" in english.content.decode()
    assert "商城的安全性满意吗" in client.get(f"{link}?lang=zh-hans").content.decode()
    answer = client.post(link, {"q_overall": "5", "q_wish": "<b>"}, HTTP_COOKIE="shangdun=forged")
    assert answer.status_code == 200
    assert not answer.cookies
    assert not english.cookies
    assert english.headers["Cache-Control"] == "no-store"
    assert SurveyAnswer.objects.get().values == {"overall": 5, "wish": "<b>"}
    again = client.post(f"{link}?lang=en", {"q_overall": "1"})
    assert "This link was used already" in again.content.decode()
    assert "This link was used already" in client.get(f"{link}?lang=en").content.decode()
    assert SurveyAnswer.objects.count() == 1


def test_the_page_needs_no_script_and_runs_none_of_others(link):
    page = nobody().get(link).content.decode()
    assert re.search(r"<script(?! src=\"/static/)", page) is None
    assert 'data-when="q_incident yes unsure"' in page
    assert "onerror" not in page


def test_what_is_missing_is_said_and_what_was_typed_is_kept(link):
    page = nobody().post(f"{link}?lang=en", {"q_wish": "keep me", "q_incident": "no"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "Please answer this question." in text
    assert ">keep me</textarea>" in text
    assert re.search(r'name="q_incident" value="no" checked', text)
    assert not SurveyAnswer.objects.exists()
    assert not SurveyInvitation.objects.filter(used=True).exists()


def test_machines_that_fill_in_everything_are_thanked_and_forgotten(link):
    page = nobody().post(link, {"q_overall": "5", "homepage": "http://spam.example"})
    assert page.status_code == 200
    assert not SurveyAnswer.objects.exists()


@pytest.mark.parametrize(
    "token", ["0" * 32, "o1-" + "0" * 32, "o9999999999-x", "%00", "é", "x" * 500]
)
def test_a_link_that_opens_nothing_says_nothing_more(survey, token):
    page = nobody().get(f"/s/{token}/")
    assert page.status_code == 404
    assert survey.title_zh not in page.content.decode()


def test_a_closed_survey_takes_nothing(survey, link):
    do_close_survey(SETUP, number=survey.number)
    assert nobody().post(link, {"q_overall": "5"}).status_code == 404
    assert not SurveyAnswer.objects.exists()


def test_a_flood_of_one_address_is_slowed_and_the_invitation_stays_good(link, monkeypatch):
    monkeypatch.setattr(survey_public, "PER_MINUTE", {"GET": 5, "POST": 3})
    flood = [nobody().post(link, {"q_overall": "9"}).status_code for _turn in range(5)]
    assert flood == [422, 422, 422, 429, 429]
    around = ({"REMOTE_ADDR": f"2001:db8::{n}"} for n in range(1, 6))
    flood = [nobody().post(link, {"q_overall": "9"}, **one).status_code for one in around]
    assert flood == [422, 422, 422, 429, 429]  # one line's addresses are one
    elsewhere = nobody().post(link, {"q_overall": "5"}, REMOTE_ADDR="203.0.113.8")
    assert elsewhere.status_code == 200
    assert SurveyAnswer.objects.count() == 1


def test_an_open_link_takes_each_page_once(console, people, client_of):
    survey = opened(SurveyMode.LINK)
    page = client_of(people["leadership"]).get(f"/surveys/{survey.number}/").content.decode()
    path = re.search(r"http://testserver(/s/o\d+-[0-9a-f]+/)", page)
    assert path is not None
    assert "cannot be assured" in page
    form = nobody().get(path[1]).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', form)
    assert ticket is not None
    given = {"q_overall": "4", "ticket": ticket[1]}
    at_once = nobody().post(path[1], given)
    assert at_once.status_code == 422, "nobody reads and answers in no time"
    assert not SurveyAnswer.objects.exists()


def test_a_list_is_turned_into_links_and_not_kept(survey, people, client_of):
    client = client_of(people["customer_service"])
    file = SimpleUploadedFile(
        "people.csv", "邮箱,姓名\na@x.cn,=cmd()\nb@x.cn,乙\n".encode("gb18030")
    )
    answer = client.post(
        f"/surveys/{survey.number}/invite/", {"what": "invite", "heading": "on", "file": file}
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["邮箱", "姓名", "Link"]
    assert [row[:2] for row in rows[1:]] == [["a@x.cn", "'=cmd()"], ["b@x.cn", "乙"]]
    assert nobody().get(rows[1][2]).status_code == 200
    nobody().post(rows[1][2], {"q_overall": "5"})
    left = client.post(
        f"/surveys/{survey.number}/invite/", {"what": "remind", "names": "a@x.cn\nb@x.cn"}
    )
    assert list(csv.reader(io.StringIO(left.content.decode("utf-8-sig")))) == [
        ["b@x.cn", rows[2][2]]
    ]
    assert "a@x.cn" not in "".join(LedgerEntry.objects.values_list("payload", flat=True))


def test_a_list_with_mistakes_is_explained_row_by_row_and_made_in_part_on_request(
    survey, people, client_of
):
    client = client_of(people["leadership"])
    given = {"what": "invite", "names": "a@x.cn\n,second\nA@x.cn\nb@x.cn"}
    page = client.post(f"/surveys/{survey.number}/invite/", given)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Row 2: the first column is empty" in text
    assert "Row 3: it is in the list twice" in text
    assert "b@x.cn</textarea>" in text
    assert not SurveyInvitation.objects.exists()
    made = client.post(f"/surveys/{survey.number}/invite/", {**given, "partly": "on"})
    assert made.headers["Content-Type"].startswith("text/csv")
    assert SurveyInvitation.objects.count() == 2


def test_a_question_is_written_ordered_and_previewed(people, client_of, console):
    survey = do_prepare_survey(SETUP, template="satisfaction")
    client = client_of(people["customer_service"])
    room = f"/surveys/{survey.number}/"
    asked = {
        "kind": "choice", "zh": "您用什么设备？", "en": "What do you use?",
        "choices": "手机 | A phone\n电脑 | A computer", "only_if": ["incident:yes"],
        "version": survey.version,
    }  # fmt: skip
    assert client.post(f"{room}questions/add/", asked).status_code == 302
    added = survey.questions.get(key="q1")
    assert [one["key"] for one in added.choices] == ["a1", "a2"]
    assert added.only_if == {"question": "incident", "answers": ["yes"]}
    # Reworded and extended, answers keep their keys: rounds are compared by them.
    asked |= {"choices": "手机 | A mobile\n电脑 | A computer\n其他 | Other", "version": 2}
    assert client.post(f"{room}questions/q1/", asked).status_code == 302
    assert [one["key"] for one in survey.questions.get(key="q1").choices] == ["a1", "a2", "a3"]
    client.post(f"{room}questions/q1/move/", {"to": "up", "version": 3})
    assert survey.questions.get(key="q1").position == 9
    assert "What do you use?" in client.get(f"{room}preview/?lang=en").content.decode()
    late = client.post(f"{room}questions/q1/", asked | {"zh": "另一种", "version": 2})
    assert late.status_code == 409
    assert "Somebody was faster" in late.content.decode()
