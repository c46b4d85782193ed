"""People, materials and money of a programme: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import money, rebalance, resources

ROOM = "programmes/<int:number>/resources/"
LINE = f"{ROOM}money/<int:line_number>/"

urlpatterns: list[URLPattern] = [
    path(ROOM, resources.people, name="resources"),
    path(f"{ROOM}materials/", resources.materials, name="resources_materials"),
    path(f"{ROOM}rebalance/", rebalance.rebalance, name="resources_rebalance"),
    path(f"{ROOM}assign/", resources.assign, name="resources_assign"),
    path(f"{ROOM}owners/", resources.owners, name="resources_owners"),
    path(f"{ROOM}add/<str:kind>/", resources.add, name="resource_add"),
    path(f"{ROOM}<int:resource>/", resources.change, name="resource_change"),
    path(f"{ROOM}<int:resource>/archive/", resources.archive, name="resource_archive"),
    path(f"{ROOM}money/", money.money, name="resources_money"),
    path(f"{ROOM}money/add/", money.add, name="money_line_add"),
    path(f"{ROOM}money/as/<str:form>/", money.export, name="money_export"),
    path(f"{ROOM}money/entries/<int:entry_id>/cancel/", money.cancel, name="money_cancel"),
    path(LINE, money.line, name="money_line"),
    path(f"{LINE}change/", money.change, name="money_line_change"),
    path(f"{LINE}book/", money.book, name="money_book"),
    path(f"{LINE}move/", money.move, name="money_move"),
    path(f"{LINE}archive/", money.archive, name="money_line_archive"),
]
