"""The page for management: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import management

urlpatterns: list[URLPattern] = [
    path("management/", management.management, name="management"),
    path("management/paper/", management.paper, name="management_paper"),
]
