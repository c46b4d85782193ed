"""Addresses of reporting clocks, reports to regulators, the legal side and the figures."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.response import clocks, figures, legal, regulators

ROOM = "incidents/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("clocks/", clocks.all_clocks, name="clocks"),
    path(f"{ROOM}clocks/", clocks.clocks, name="incident_clocks"),
    path(f"{ROOM}clocks/live/", clocks.live, name="incident_clocks_live"),
    path(f"{ROOM}clocks/<int:clock_id>/judge/", clocks.judge, name="incident_clock_judge"),
    path(f"{ROOM}clocks/<int:clock_id>/report/", regulators.new, name="incident_report_new"),
    path(f"{ROOM}reports/<int:report_number>/", regulators.report, name="incident_report"),
    path(
        f"{ROOM}reports/<int:report_number>/hand-in/",
        regulators.hand_in,
        name="incident_report_hand_in",
    ),
    path(
        f"{ROOM}reports/<int:report_number>/as/<str:form>/",
        regulators.paper,
        name="incident_report_paper",
    ),
    path(f"{ROOM}legal/", legal.legal, name="incident_legal"),
    path(f"{ROOM}legal/assessment/", legal.assess, name="incident_legal_assess"),
    path(f"{ROOM}legal/liabilities/add/", legal.liability, name="incident_legal_liability_add"),
    path(
        f"{ROOM}legal/liabilities/<int:liability_id>/",
        legal.liability,
        name="incident_legal_liability",
    ),
    path(f"{ROOM}legal/claims/add/", legal.claim, name="incident_legal_claim_add"),
    path(f"{ROOM}legal/claims/<int:claim_number>/", legal.claim, name="incident_legal_claim"),
    path("figures/", figures.overview, name="figures"),
    path("figures/<str:kind>.json", figures.chart, name="figures_chart"),
    path("figures/incidents.csv", figures.export, name="figures_export"),
]
