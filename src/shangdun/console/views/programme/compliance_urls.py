"""Addresses of protective measures and of the law."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import (
    assessment_steps,
    assessments,
    control_steps,
    controls,
    law,
    law_steps,
)

ROUND = "law/assessments/<int:number>/"
DUTY = "law/duties/<slug:uid>/"
CONTROL = "controls/<slug:key>/"

urlpatterns: list[URLPattern] = [
    path("controls/", controls.controls, name="controls"),
    path("controls/rate/", controls.rate, name="controls_rate"),
    path("controls/statement/<str:form>/", controls.statement, name="controls_statement"),
    path("controls/add/", control_steps.add, name="control_add"),
    path("controls/adopt/", control_steps.adopt, name="controls_adopt"),
    path("controls/results/<int:result_id>/", controls.result, name="control_result"),
    path("controls/files/<int:file_id>/", controls.proof_file, name="proof_file"),
    path(CONTROL, controls.control, name="control"),
    path(f"{CONTROL}check/", control_steps.check, name="control_check"),
    path(f"{CONTROL}ask/", control_steps.ask, name="control_ask"),
    path(f"{CONTROL}change/", control_steps.change, name="control_change"),
    path(f"{CONTROL}archive/", control_steps.archive, name="control_archive"),
    path("law/", law.law, name="law"),
    path("law/begin/", law_steps.begin, name="law_begin"),
    path("law/facts/", law_steps.facts, name="law_facts"),
    path("law/changes/", law.changes, name="law_changes"),
    path("law/changes/<int:review_id>/review/", law_steps.review, name="law_review"),
    path("law/duties/add/", law_steps.add, name="law_duty_add"),
    path(DUTY, law.duty, name="law_duty"),
    path(f"{DUTY}change/", law_steps.change, name="law_duty_change"),
    path(f"{DUTY}text/", law_steps.version, name="law_duty_version"),
    path(f"{DUTY}evidence/", law_steps.evidence, name="law_duty_evidence"),
    path(
        f"{DUTY}evidence/<int:evidence_id>/drop/",
        law_steps.evidence_drop,
        name="law_duty_evidence_drop",
    ),
    path("law/assessments/", assessments.assessments, name="assessments"),
    path("law/assessments/open/", assessment_steps.begin, name="assessment_open"),
    path(ROUND, assessments.assessment, name="assessment"),
    path(f"{ROUND}as/<str:form>/", assessments.export, name="assessment_export"),
    path(f"{ROUND}change/", assessment_steps.change, name="assessment_change"),
    path(f"{ROUND}opinion/", assessment_steps.opinion, name="assessment_opinion"),
    path(f"{ROUND}judge/<slug:uid>/", assessment_steps.judge, name="assessment_judge"),
    path(f"{ROUND}finding/", assessment_steps.finding, name="assessment_finding"),
    path(f"{ROUND}close/", assessment_steps.close, name="assessment_close"),
    path("law/findings/", assessments.findings, name="audit_findings"),
    path("law/findings/<int:number>/", assessments.finding, name="audit_finding"),
    path("law/findings/<int:number>/follow/", assessment_steps.follow, name="audit_finding_follow"),
    path(
        "law/findings/<int:number>/improve/", assessment_steps.improve, name="audit_finding_improve"
    ),
]
