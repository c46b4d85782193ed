"""The schedule of a programme: Gantt, import, export: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import plan_files, schedule, schedule_task, workdays

ROOM = "programmes/<int:number>/schedule/"
TASK = f"{ROOM}<int:task_id>/"
FILE = f"{ROOM}import/<int:import_id>/"

urlpatterns: list[URLPattern] = [
    path(ROOM, schedule.schedule, name="schedule"),
    path(f"{ROOM}data/", schedule.data, name="schedule_data"),
    path(f"{ROOM}table/", schedule.table, name="schedule_table"),
    path(f"{ROOM}try/", schedule.attempt, name="schedule_try"),
    path(f"{ROOM}keep/", schedule.keep, name="schedule_keep"),
    path(f"{ROOM}baseline/", schedule.baseline, name="schedule_baseline"),
    path(f"{ROOM}as/<str:form>/", plan_files.export, name="schedule_export"),
    path(f"{ROOM}import/", plan_files.bring, name="schedule_bring"),
    path(FILE, plan_files.look, name="schedule_import"),
    path(f"{FILE}take/", plan_files.take_in, name="schedule_take_in"),
    path(f"{FILE}drop/", plan_files.drop, name="schedule_drop"),
    path(TASK, schedule_task.task_page, name="schedule_task"),
    path(f"{TASK}place/", schedule_task.place, name="schedule_place"),
    path(f"{TASK}link/", schedule_task.link, name="schedule_link"),
    path(f"{TASK}unlink/<int:before_id>/", schedule_task.unlink, name="schedule_unlink"),
    path("plan-tasks/<int:task_id>/why/", schedule_task.why, name="schedule_why"),
    path("workdays/", workdays.workdays, name="workdays"),
    path("workdays/change/", workdays.change, name="workdays_change"),
]
