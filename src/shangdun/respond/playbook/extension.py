"""What CACAO has no word for, in one extension of its own (specification, section 9).

Playbooks, steps and agents carry it as an object under ``EXTENSION``:

- playbook: ``incident_types`` (values of ``Type``), ``language`` of the standard texts (``zh``,
  ``en``), ``texts``: {other language: {``name``, ``description``}}, ``order`` in lists;
- step: ``key`` (the name that people give it), ``phase`` of the plan, ``minutes`` allowed,
  ``group`` where the agent does not say it, ``texts``: {language: {``name``, ``description``,
  ``instruction``}}, ``confirm`` (a person looks before it acts) and ``automatic``: {``kind``, …};
- variable names have their questions under ``asks``: {name: {language: text}}.

An automatic step is an ``action`` whose standard command is ``manual``: a tool that does not know
the extension shows people what to do, and nothing is lost. An HTTP call is the standard
``http-api`` command.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from shangdun.respond.groups import Group

NAMESPACE = UUID("5d2cf9a6-2a0b-5c1e-9f5e-7e3b3c0f4d11")
"""Of every identifier that is made from a name, so that the same text gives the same playbook."""
EXTENSION = "extension-definition--8c1f0a52-6a3e-5b0d-8d0a-3f1f5a7c2e90"
IDENTITY = f"identity--{uuid5(NAMESPACE, 'identity:shangdun')}"
"""Who made what nobody signed by name: ``created_by`` of playbooks written here."""
DEFINITION: dict[str, Any] = {
    "type": "extension-definition",
    "name": "ShangDun response",
    "description": (
        "Phase, group, minutes allowed, texts in Chinese and English, and what a step does by"
        " itself: block, unblock, collect, search, notify."
    ),
    "created_by": IDENTITY,
    "schema": (
        "Playbook: incident_types, language, texts, order, asks. Step: key, phase, minutes, group,"
        " texts, confirm, automatic {kind, …}. A step that is automatic has a manual command too:"
        " without this extension people do it."
    ),
    "version": "1.0.0",
}
LANGUAGES = ("zh", "en")


def group_agent(group: Group) -> str:
    """The agent identifier that stands for one of the plan's groups."""
    return f"group--{uuid5(NAMESPACE, f'group:{group.value}')}"


def step_id(playbook: str, kind: str, key: str) -> str:
    """The identifier of the step that people call ``key``; ``kind`` is its CACAO type."""
    return f"{kind}--{uuid5(NAMESPACE, f'{playbook}:{key}')}"


def playbook_id(name: str) -> str:
    """The identifier of a playbook that people call ``name``."""
    return f"playbook--{uuid5(NAMESPACE, f'playbook:{name}')}"
