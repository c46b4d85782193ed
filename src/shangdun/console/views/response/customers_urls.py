"""Addresses of the scope, notices to customers, complaints and how letters are sent."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.response import affected, complaints, letters, notices, scope

ROOM = "incidents/<int:number>/"
LIST = f"{ROOM}scope/lists/<int:list_number>/"
NOTICE = f"{ROOM}notices/<int:notice_number>/"
COMPLAINT = f"{ROOM}complaints/<int:complaint_number>/"

urlpatterns: list[URLPattern] = [
    path(f"{ROOM}scope/", scope.scope, name="incident_scope"),
    path(f"{ROOM}scope/live/", scope.live, name="incident_scope_live"),
    path(f"{ROOM}scope/file/", scope.add_file, name="incident_scope_file"),
    path(f"{ROOM}scope/hand/", scope.add_hand, name="incident_scope_hand"),
    path(f"{ROOM}scope/search/", scope.add_search, name="incident_scope_search"),
    path(LIST, scope.one_list, name="incident_scope_list"),
    path(f"{LIST}stop/", scope.stop, name="incident_scope_stop"),
    path(f"{ROOM}affected/", affected.people, name="incident_affected"),
    path(f"{ROOM}affected/export/", affected.export, name="incident_affected_export"),
    path(f"{ROOM}affected/erase/", affected.erase, name="incident_affected_erase"),
    path(f"{ROOM}notices/", notices.notices, name="incident_notices"),
    path(f"{ROOM}notices/new/", notices.new, name="incident_notice_new"),
    path(NOTICE, notices.notice, name="incident_notice"),
    path(f"{NOTICE}edit/", notices.edit, name="incident_notice_edit"),
    path(f"{NOTICE}progress/", notices.progress, name="incident_notice_progress"),
    path(f"{NOTICE}test/", letters.test_notice, name="incident_notice_test"),
    path(f"{NOTICE}bounces/", letters.bounces, name="incident_notice_bounces"),
    path(f"{NOTICE}do/<str:verb>/", notices.step, name="incident_notice_step"),
    path(f"{ROOM}support/", complaints.offer, name="incident_support"),
    path(f"{ROOM}support/<int:support_id>/", complaints.note, name="incident_support_note"),
    path(f"{ROOM}complaints/log/", complaints.log, name="incident_complaint_log"),
    path(f"{ROOM}complaints/answers/", complaints.answers, name="incident_answers"),
    path(COMPLAINT, complaints.complaint, name="incident_complaint"),
    path(f"{COMPLAINT}close/", complaints.close, name="incident_complaint_close"),
    path("settings/letters/", letters.letter_settings_page, name="letter_settings"),
    path("settings/letters/test/", letters.test_settings, name="letter_settings_test"),
]
