"""Meetings, reports and the calendar: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import (
    calendar,
    meeting_steps,
    meetings,
    plan_reports,
    report_templates,
    rhythms,
)

MEETING = "meetings/<int:number>/"
ACTION = "meetings/actions/<int:number>/"
REPORT = "plan-reports/<int:number>/"
TEMPLATE = "plan-reports/templates/<slug:key>/<str:language>/"

urlpatterns: list[URLPattern] = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/feeds/add/", calendar.feed_issue, name="calendar_feed_issue"),
    path("calendar/feeds/<int:key_id>/revoke/", calendar.feed_revoke, name="calendar_feed_revoke"),
    path("calendar/feed/<str:token>.ics", calendar.feed, name="calendar_feed"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/add/", meetings.add, name="meeting_add"),
    path("meetings/actions/", meeting_steps.actions, name="meeting_actions"),
    path(ACTION, meeting_steps.action, name="meeting_action"),
    path(f"{ACTION}settle/", meeting_steps.action_settle, name="meeting_action_settle"),
    path(MEETING, meetings.meeting, name="meeting"),
    path(f"{MEETING}change/", meetings.change, name="meeting_change"),
    path(f"{MEETING}invitation.ics", meetings.invitation, name="meeting_invitation"),
    path(f"{MEETING}step/", meeting_steps.step, name="meeting_step"),
    path(f"{MEETING}answer/", meeting_steps.answer, name="meeting_answer"),
    path(f"{MEETING}agenda/", meeting_steps.agenda, name="meeting_agenda"),
    path(f"{MEETING}held/", meeting_steps.held, name="meeting_held"),
    path(f"{MEETING}decide/", meeting_steps.decide, name="meeting_decide"),
    path(f"{MEETING}minutes/", meeting_steps.minutes, name="meeting_minutes"),
    path(f"{MEETING}actions/add/", meeting_steps.action_add, name="meeting_action_add"),
    path("plan-reports/", plan_reports.reports, name="plan_reports"),
    path("plan-reports/templates/", report_templates.templates, name="report_templates"),
    path(TEMPLATE, report_templates.edit, name="report_template"),
    path(f"{TEMPLATE}preview/", report_templates.preview, name="report_template_preview"),
    path(REPORT, plan_reports.report, name="plan_report"),
    path(f"{REPORT}draft/", plan_reports.draft, name="plan_report_draft"),
    path(f"{REPORT}send/", plan_reports.send, name="plan_report_send"),
    path("rhythms/", rhythms.rhythms, name="rhythms"),
    path("rhythms/add/<str:makes>/", rhythms.add, name="rhythm_add"),
    path("rhythms/<int:rhythm_id>/", rhythms.change, name="rhythm"),
    path("rhythms/<int:rhythm_id>/switch/", rhythms.switch, name="rhythm_switch"),
]
