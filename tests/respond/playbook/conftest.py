"""The published schemas and examples of CACAO 2.0, and playbooks that Hypothesis makes up."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource


@pytest.fixture(scope="session")
def published(shared_data: Path) -> dict[str, Any]:
    """Path in the archive → document."""
    found = {}
    with tarfile.open(shared_data / "cacao_schemas_examples.tar.gz") as archive:
        for member in archive:
            if member.name.endswith(".json"):
                file = archive.extractfile(member)
                assert file is not None
                found[member.name.removeprefix("./")] = json.load(file)
    return found


@pytest.fixture(scope="session")
def examples(published: dict[str, Any]) -> dict[str, Any]:
    return {name: doc for name, doc in published.items() if name.startswith("examples/")}


@pytest.fixture(scope="session")
def faults(published: dict[str, Any]) -> Callable[[Any], list[str]]:
    """What the official schema says against a document."""
    schemas = {n: d for n, d in published.items() if n.startswith("schemas/")}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    judge = Draft7Validator(schemas["schemas/playbook.json"], registry=registry)

    def said(document: Any) -> list[str]:
        errors: Iterator[Any] = judge.iter_errors(document)
        return [f"{list(error.absolute_path)}: {error.message}" for error in errors]

    return said
