"""Addresses of logistics."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.response import inventory, supplies

ROOM = "incidents/<int:number>/supplies/"

urlpatterns: list[URLPattern] = [
    path(ROOM, supplies.supplies, name="incident_supplies"),
    path(f"{ROOM}ask/", supplies.ask, name="incident_supplies_ask"),
    path(f"{ROOM}give/", supplies.give, name="incident_supplies_give"),
    path(f"{ROOM}out/<int:allocation_id>/", supplies.take_back, name="incident_supplies_take_back"),
    path(f"{ROOM}<int:request_id>/refuse/", supplies.refuse, name="incident_supplies_refuse"),
    path(f"{ROOM}<int:request_id>/close/", supplies.close, name="incident_supplies_close"),
    path("supplies/", inventory.inventory, name="inventory"),
    path("supplies/add/", inventory.add, name="inventory_add"),
    path("supplies/suggested/", inventory.adopt, name="inventory_adopt"),
    path("supplies/import/", inventory.take_in, name="inventory_import"),
    path("supplies/as/<str:form>/", inventory.export, name="inventory_export"),
    path("supplies/<int:supply_id>/", inventory.supply, name="supply"),
    path("supplies/<int:supply_id>/change/", inventory.change, name="supply_change"),
    path("supplies/<int:supply_id>/check/", inventory.check, name="supply_check"),
    path("supplies/<int:supply_id>/archive/", inventory.archive, name="supply_archive"),
]
