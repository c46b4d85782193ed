"""Addresses of measures and surveys."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import (
    mailings,
    measures,
    survey_links,
    survey_public,
    surveys,
)

SURVEY = "surveys/<int:number>/"
QUESTION = f"{SURVEY}questions/"

urlpatterns: list[URLPattern] = [
    path("measures/", measures.measures, name="measures"),
    path("measures/attempts/", measures.attempts, name="measure_attempts"),
    path("measures/<slug:key>/", measures.measure, name="measure"),
    path("measures/<slug:key>/chart.json", measures.chart, name="measure_chart"),
    path("measures/<slug:key>/target/", measures.set_target, name="measure_target"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/new/", surveys.new, name="survey_new"),
    path(SURVEY, surveys.survey, name="survey"),
    path(f"{SURVEY}change/", surveys.change, name="survey_change"),
    path(f"{SURVEY}preview/", surveys.preview, name="survey_preview"),
    path(f"{QUESTION}add/", surveys.question, name="survey_question_add"),
    path(f"{QUESTION}<slug:key>/", surveys.question, name="survey_question"),
    path(f"{QUESTION}<slug:key>/move/", surveys.move, name="survey_question_move"),
    path(f"{QUESTION}<slug:key>/remove/", surveys.remove, name="survey_question_remove"),
    path(f"{SURVEY}step/<str:step>/", survey_links.step, name="survey_step"),
    path(f"{SURVEY}invite/", survey_links.invite, name="survey_invite"),
    path(f"{SURVEY}letter/", mailings.invite, name="survey_letter"),
    path(f"{SURVEY}remind/", mailings.remind, name="survey_letter_remind"),
    # Answered by the console's door, before sessions: nobody who answers is known.
    path("s/<str:token>/", survey_public.public_survey, name="survey_answer"),
]
