"""Whether the pages' assets and translations are built."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from shangdun.runtime.doctor.symptom import Kind, Place, Symptom


def check(place: Place) -> Iterator[Symptom]:
    del place
    console = Path(str(resources.files("shangdun"))) / "console"
    if not (console / "static" / "dist" / "manifest.json").exists():
        yield Symptom(Kind.MISSING, "the pages' assets are not built", "run `make setup`")
    if not list(console.glob("locale/*/LC_MESSAGES/django.mo")):
        yield Symptom(Kind.MISSING, "the translations are not compiled", "run `make setup`")
