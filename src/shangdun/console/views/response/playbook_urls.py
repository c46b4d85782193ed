"""Addresses of playbooks."""

from __future__ import annotations

from django.urls import path

from shangdun.console.views.response import playbook_edit, playbook_steps, playbooks

urlpatterns = [
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/new/", playbook_edit.new, name="playbook_new"),
    path("playbooks/import/", playbooks.bring_in, name="playbook_import"),
    path("playbooks/<str:uid>/", playbooks.playbook, name="playbook"),
    path("playbooks/<str:uid>/edit/", playbook_edit.edit, name="playbook_edit"),
    path("playbooks/<str:uid>/history/", playbooks.history, name="playbook_history"),
    path("playbooks/<str:uid>/as/<str:form>/", playbooks.export, name="playbook_export"),
    path("playbooks/<str:uid>/revert/", playbook_steps.revert, name="playbook_revert"),
    path("playbooks/<str:uid>/do/", playbook_steps.click, name="playbook_click"),
]
