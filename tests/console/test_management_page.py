"""Management's page: true about an empty system and a busy one, every line a way, few queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.surveys.drafts import SurveyTexts, do_change_survey, do_prepare_survey
from shangdun.records.actor import SETUP
from shangdun.respond.report import Report

pytestmark = pytest.mark.django_db


def test_an_empty_system_says_what_to_do_first(people, client_of):
    page = client_of(people["leadership"]).get("/management/").content.decode()
    for told in (
        "Nothing waits for your decision.", "No reporting deadline runs.", "There is no plan yet",
        "No risk has been assessed yet.", "No incident is open.", "/programmes/questions/",
    ):  # fmt: skip
        assert told in page


def test_what_happened_is_counted_and_leads_to_where_it_is_settled(people, client_of):
    do_report_incident(SETUP, Report(title="Orders are public", type="data_breach"))
    survey = do_prepare_survey(SETUP, template="satisfaction")
    late = datetime.now(UTC).date() - timedelta(days=3)
    wanted = SurveyTexts(title_zh=survey.title_zh, title_en=survey.title_en, opens_on=late)
    do_change_survey(SETUP, wanted, number=survey.number)
    client = client_of(people["leadership"])
    page = client.get("/management/").content.decode()
    assert "1 incident is open." in page
    assert "Orders are public" in page
    assert "1 survey was not opened in time" in page
    main = page.partition('id="content"')[2].partition("</main>")[0]
    links = set(re.findall(r'href="(/[^"#]*)', main))
    assert f"/surveys/{survey.number}/" in links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    with CaptureQueriesContext(connection) as asked:
        client.get("/management/")
    assert len(asked) <= 30, "the measures are counted anew every five minutes, not each time"
    paper = client.get("/management/paper/")
    assert paper.content.startswith(b"%PDF")
