"""Small playbooks for tests: CACAO documents made of a few words, stored as a version."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid5

from shangdun.records.models import Incident, Playbook, PlaybookVersion
from shangdun.respond import playbook as cacao
from shangdun.respond.groups import Group
from shangdun.respond.playbook.extension import EXTENSION, NAMESPACE, group_agent

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PREFIX = {
    "start": "start",
    "end": "end",
    "action": "action",
    "parallel": "parallel",
    "if": "if-condition",
    "call": "playbook-action",
}


def identifier(kind: str, key: str) -> str:
    return f"{PREFIX[kind]}--{uuid5(NAMESPACE, key)}"


def book_id(name: str) -> str:
    return f"playbook--{uuid5(NAMESPACE, name)}"


class Book:
    """Steps are added by key; ``chain`` joins them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._kinds: dict[str, str] = {}
        self.steps: dict[str, dict[str, Any]] = {}
        self.variables: dict[str, Any] = {}
        self._raw("start", "start", {})
        self._raw("end", "end", {})

    def _raw(self, kind: str, key: str, raw: dict[str, Any]) -> Book:
        self._kinds[key] = kind
        self.steps[self.id(key)] = {"type": PREFIX[kind], **raw}
        return self

    def id(self, key: str) -> str:
        return identifier(self._kinds[key], f"{self.name}:{key}")

    def variable(self, name: str, value: str | None = None, **more: Any) -> Book:
        self.variables[name] = {"type": "string", **more} | ({"value": value} if value else {})
        return self

    def task(
        self,
        key: str,
        group: Group = Group.TECHNICAL_SUPPORT,
        *,
        minutes: int | None = None,
        automatic: dict[str, Any] | None = None,
        **raw: Any,
    ) -> Book:
        own: dict[str, Any] = {
            "key": key,
            "group": group.value,
            "texts": {"zh": {"name": f"{key}（中文）", "instruction": f"请做 {key}"}},
        }
        if minutes:
            own["minutes"] = minutes
        if automatic:
            own["automatic"] = automatic
        if raw.pop("confirm", False):
            own["confirm"] = True
        said = {
            "name": key,
            "agent": group_agent(group),
            "commands": [{"type": "manual", "command": f"do {key}"}],
            "step_extensions": {EXTENSION: own},
        }
        return self._raw("action", key, said | raw)

    def http(self, key: str, command: str, **raw: Any) -> Book:
        own = {"key": key, "group": "technical_support"}
        if raw.pop("idempotent", False):
            own["idempotent"] = True
        said = {
            "name": key,
            "agent": group_agent(Group.TECHNICAL_SUPPORT),
            "commands": [{"type": "http-api", "command": command, **raw}],
            "step_extensions": {EXTENSION: own},
        }
        return self._raw("action", key, said)

    def parallel(self, key: str, *branches: str) -> Book:
        return self._raw("parallel", key, {"next_steps": [self.id(one) for one in branches]})

    def condition(self, key: str, condition: str, yes: str, no: str = "") -> Book:
        raw = {"condition": condition, "on_true": self.id(yes)}
        return self._raw("if", key, raw | ({"on_false": self.id(no)} if no else {}))

    def call(self, key: str, playbook: str) -> Book:
        return self._raw("call", key, {"playbook_id": book_id(playbook), "name": key})

    def chain(self, *keys: str) -> Book:
        for one, following in pairwise(keys):
            edge = "on_success" if self._kinds[one] == "action" else "on_completion"
            self.steps[self.id(one)][edge] = self.id(following)
        return self

    def failing(self, key: str, following: str) -> Book:
        self.steps[self.id(key)]["on_failure"] = self.id(following)
        return self

    def document(self) -> dict[str, Any]:
        stamp = "2026-01-01T00:00:00.000Z"
        return {
            "type": "playbook",
            "spec_version": "cacao-2.0",
            "id": book_id(self.name),
            "name": self.name,
            "created_by": f"identity--{uuid5(NAMESPACE, 'tests')}",
            "created": stamp,
            "modified": stamp,
            "workflow_start": self.id("start"),
            "workflow": self.steps,
            "playbook_variables": self.variables,
            "agent_definitions": {
                group_agent(group): {"type": "group", "name": group.value} for group in Group
            },
            "extension_definitions": {EXTENSION: dict(cacao.extension.DEFINITION)},
            "playbook_extensions": {
                EXTENSION: {"language": "en", "incident_types": ["data_breach"]}
            },
        }

    def stored(self) -> PlaybookVersion:
        text = json.dumps(self.document())
        cacao.load(text)
        row, _ = Playbook.objects.get_or_create(
            uid=book_id(self.name),
            defaults={
                "title_zh": self.name,
                "title_en": self.name,
                "types": ["data_breach"],
                "enabled": True,
                "origin": "written",
                "sha256": "0" * 64,
                "changed": NOON,
            },
        )
        row.version += 1
        row.save()
        return PlaybookVersion.objects.create(
            playbook=row,
            number=row.version,
            document=text,
            sha256="0" * 64,
            origin="written",
            by="tests",
            time=NOON,
        )


def an_incident(number: int = 1, **more: Any) -> Incident:
    values = {
        "title": "Customer data in a public bucket",
        "type": "data_breach",
        "severity": 5,
        "state": "active",
        "occurred_at": NOON,
        "last_activity": NOON,
        "reported_at": NOON,
        "activated_at": NOON,
    }
    return Incident.objects.create(number=number, **values | more)
