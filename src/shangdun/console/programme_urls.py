"""Addresses of the plan. A new one needs a row in tests/console/parts."""

from __future__ import annotations

from django.urls import URLPattern

from shangdun.console.views.programme import (
    assets_urls,
    communication_urls,
    compliance_urls,
    management_urls,
    measures_urls,
    meetings_urls,
    programmes_urls,
    resources_urls,
    risks_urls,
    schedule_urls,
)

urlpatterns: list[URLPattern] = [
    *management_urls.urlpatterns,
    *programmes_urls.urlpatterns,
    *schedule_urls.urlpatterns,
    *resources_urls.urlpatterns,
    *risks_urls.urlpatterns,
    *assets_urls.urlpatterns,
    *compliance_urls.urlpatterns,
    *meetings_urls.urlpatterns,
    *measures_urls.urlpatterns,
    *communication_urls.urlpatterns,
]
