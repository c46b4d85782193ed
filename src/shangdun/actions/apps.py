"""Lets Django's sign-in signals reach the ledger; holds no tables."""

from __future__ import annotations

import importlib

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "shangdun.actions"
    label = "actions"

    def ready(self) -> None:
        # Its imports need the models, which are there only now.
        importlib.import_module("shangdun.actions.signals").connect()
