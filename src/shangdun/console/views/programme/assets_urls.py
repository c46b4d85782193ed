"""Addresses of assets and vulnerabilities."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import (
    asset_import,
    assets,
    sightings,
    vulnerabilities,
    vulnerability,
    vulnerability_import,
)

WEAK = "vulnerabilities/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("assets/", assets.assets, name="assets"),
    path("assets/add/", assets.add, name="asset_add"),
    path("assets/suggest/", assets.suggest, name="assets_suggest"),
    path("assets/import/", asset_import.take_in, name="assets_import"),
    path("assets/import/<int:upload_id>/", asset_import.look, name="assets_import_look"),
    path("assets/as/<str:form>/", assets.export, name="assets_export"),
    path("assets/seen/", sightings.seen, name="assets_seen"),
    path("assets/seen/answer/", sightings.answer, name="assets_seen_answer"),
    path("assets/seen/<int:sighting_id>/recall/", sightings.recall, name="assets_seen_recall"),
    path("assets/<int:number>/", assets.asset, name="asset"),
    path("assets/<int:number>/change/", assets.change, name="asset_change"),
    path("assets/<int:number>/archive/", assets.archive, name="asset_archive"),
    path("vulnerabilities/", vulnerabilities.vulnerabilities, name="vulnerabilities"),
    path("vulnerabilities/add/", vulnerabilities.add, name="vulnerability_add"),
    path("vulnerabilities/due/", vulnerabilities.due_days, name="vulnerabilities_due"),
    path("vulnerabilities/as/<str:form>/", vulnerabilities.export, name="vulnerabilities_export"),
    path("vulnerabilities/import/", vulnerability_import.take_in, name="vulnerabilities_import"),
    path(
        "vulnerabilities/import/<int:upload_id>/",
        vulnerability_import.look,
        name="vulnerabilities_import_look",
    ),
    path(WEAK, vulnerability.vulnerability, name="vulnerability"),
    path(f"{WEAK}assign/", vulnerability.assign, name="vulnerability_assign"),
    path(f"{WEAK}accept/", vulnerability.accept, name="vulnerability_accept"),
    path(f"{WEAK}wrong/", vulnerability.wrong, name="vulnerability_wrong"),
    path(f"{WEAK}reopen/", vulnerability.reopen, name="vulnerability_reopen"),
    path(f"{WEAK}close/", vulnerability.close, name="vulnerability_close"),
]
