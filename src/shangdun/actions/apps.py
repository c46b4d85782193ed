"""Lets Django's login signals reach the ledger; holds no tables."""

from __future__ import annotations

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "shangdun.actions"
    label = "actions"
