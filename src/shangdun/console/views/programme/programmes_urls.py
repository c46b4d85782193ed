"""Programmes, their tasks and the guided questions: addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.programme import guided, plan_tasks, programme_steps, programmes

ONE = "programmes/<int:number>/"
TASK = "programmes/tasks/<int:task_id>/"

urlpatterns: list[URLPattern] = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/mine/", programmes.mine, name="my_plan_tasks"),
    path("programmes/new/", programmes.new, name="programme_new"),
    path("programmes/questions/", guided.begin, name="questions_begin"),
    path("programmes/questions/done/", guided.done, name="questions_done"),
    path("programmes/questions/<slug:step>/", guided.question, name="questions"),
    path("programmes/templates/", programme_steps.templates, name="programme_templates"),
    path("programmes/templates/<int:number>/", programme_steps.template, name="programme_template"),
    path(TASK, plan_tasks.task, name="plan_task"),
    path(f"{TASK}change/", plan_tasks.change, name="plan_task_change"),
    path(f"{TASK}move/", plan_tasks.move, name="plan_task_move"),
    path(f"{TASK}criteria/", plan_tasks.criteria, name="plan_task_criteria"),
    path(f"{TASK}do/<slug:verb>/", plan_tasks.step, name="plan_task_step"),
    path(ONE, programmes.programme, name="programme"),
    path(f"{ONE}edit/", programmes.edit, name="programme_edit"),
    path(f"{ONE}changes/", programmes.changes, name="programme_changes"),
    path(f"{ONE}add/", plan_tasks.add, name="plan_task_add"),
    path(f"{ONE}submit/", programme_steps.submit, name="programme_submit"),
    path(f"{ONE}template/", programme_steps.keep, name="programme_keep"),
    path(f"{ONE}do/<slug:verb>/", programme_steps.step, name="programme_step"),
]
