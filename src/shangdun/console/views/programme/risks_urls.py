"""The risk register: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import (
    risk,
    risk_assessments,
    risk_matrix,
    risk_measures,
    risks,
)

ONE = "risks/<int:number>/"
MEASURE = "risks/measures/<int:measure_id>/"
ROUND = "risks/assessments/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("risks/", risks.risks, name="risks"),
    path("risks/curve/", risks.curve, name="risks_curve"),
    path("risks/add/", risks.add, name="risk_add"),
    path("risks/measures/", risks.measures, name="risk_measures"),
    path("risks/acceptances/", risks.acceptances, name="risk_acceptances"),
    path("risks/matrix/", risk_matrix.matrix, name="risk_matrix"),
    path("risks/threats/", risk_matrix.threats, name="risk_threats"),
    path("risks/threats/<int:threat_id>/", risk_matrix.threat, name="risk_threat"),
    path(
        "risks/threats/<int:threat_id>/archive/",
        risk_matrix.threat_archive,
        name="risk_threat_archive",
    ),
    path("risks/assessments/", risk_assessments.assessments, name="risk_assessments"),
    path("risks/assessments/begin/", risk_assessments.begin, name="risk_assessment_begin"),
    path(ROUND, risk_assessments.assessment, name="risk_assessment"),
    path(f"{ROUND}change/", risk_assessments.edit, name="risk_assessment_change"),
    path(f"{ROUND}confirm/", risk_assessments.confirm, name="risk_assessment_confirm"),
    path(f"{ROUND}close/", risk_assessments.close, name="risk_assessment_close"),
    path(f"{ROUND}document/", risk_assessments.document, name="risk_assessment_document"),
    path(f"{ROUND}as/<str:form>/", risk_assessments.paper, name="risk_assessment_paper"),
    path(ONE, risk.risk, name="risk"),
    path(f"{ONE}curve/", risk.curve, name="risk_curve"),
    path(f"{ONE}change/", risk.change, name="risk_change"),
    path(f"{ONE}assess/", risk.assess, name="risk_assess"),
    path(f"{ONE}review/", risk.review, name="risk_review"),
    path(f"{ONE}archive/", risk.archive, name="risk_archive"),
    path(f"{ONE}evidence/", risk.evidence, name="risk_evidence"),
    path(f"{ONE}accept/", risk.accept, name="risk_accept"),
    path(f"{ONE}unaccept/", risk.unaccept, name="risk_unaccept"),
    path(f"{ONE}measures/add/", risk_measures.add, name="risk_measure_add"),
    path(MEASURE, risk_measures.change, name="risk_measure"),
    path(f"{MEASURE}move/", risk_measures.move, name="risk_measure_move"),
    path(f"{MEASURE}archive/", risk_measures.archive, name="risk_measure_archive"),
]
