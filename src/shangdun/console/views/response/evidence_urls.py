"""Addresses of evidence and indicators."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.response import evidence, evidence_from, evidence_steps, indicators

ROOM = "incidents/<int:number>/evidence/"
ITEM = f"{ROOM}<int:item_number>/"
KNOWN = "incidents/<int:number>/indicators/"

urlpatterns: list[URLPattern] = [
    path(ROOM, evidence.evidence, name="incident_evidence"),
    path(f"{ROOM}add/", evidence.add, name="incident_evidence_add"),
    path(f"{ROOM}export/", evidence.export, name="incident_evidence_export"),
    path(ITEM, evidence.item, name="incident_evidence_item"),
    path(f"{ITEM}download/", evidence.download, name="incident_evidence_download"),
    path(f"{ITEM}verify/", evidence_steps.check, name="incident_evidence_check"),
    path(f"{ITEM}hand-over/", evidence_steps.hand_over, name="incident_evidence_hand_over"),
    path(f"{ITEM}accept/", evidence_steps.accept, name="incident_evidence_accept"),
    path(f"{ITEM}decline/", evidence_steps.decline, name="incident_evidence_decline"),
    path(f"{ITEM}hand-out/", evidence_steps.hand_out, name="incident_evidence_hand_out"),
    path(f"{ITEM}note/", evidence_steps.note, name="incident_evidence_note"),
    path(f"{ITEM}hold/", evidence_steps.hold, name="incident_evidence_hold"),
    path(f"{ITEM}dispose/", evidence_steps.dispose, name="incident_evidence_dispose"),
    path(f"{ITEM}as/<str:form>/", evidence_steps.form, name="incident_evidence_form"),
    path(KNOWN, indicators.indicators, name="incident_indicators"),
    path(f"{KNOWN}add/", indicators.add, name="incident_indicators_add"),
    path(f"{KNOWN}paste/", indicators.paste, name="incident_indicators_paste"),
    path(f"{KNOWN}take/", indicators.take, name="incident_indicators_take"),
    path(f"{KNOWN}as/<str:form>/", indicators.export, name="incident_indicators_export"),
    path(f"{KNOWN}<int:indicator_id>/remove/", indicators.remove, name="incident_indicator_remove"),
    path("findings/<int:finding_id>/keep/", evidence_from.finding, name="finding_keep"),
    path("search/<str:token>/keep/", evidence_from.search, name="search_keep"),
]
