"""The playbooks of a run as they were when it began."""

from __future__ import annotations

from functools import lru_cache

from shangdun.records.models import PlaybookRun, PlaybookVersion
from shangdun.respond.playbook.course import Course
from shangdun.respond.playbook.model import Kind, Playbook
from shangdun.respond.playbook.reading import load

DEEPEST = 8


@lru_cache(maxsize=64)
def _loaded(sha256: str, document: str) -> Playbook:
    del sha256  # cheaper to tell apart than the documents, which are equal where it is
    return load(document)


def playbook_of(version: PlaybookVersion) -> Playbook:
    """The version's document, read once in a process."""
    return _loaded(version.sha256, version.document)


def called_by(playbook: Playbook) -> dict[str, PlaybookVersion]:
    """The newest versions of what its steps call, and of what those call, by CACAO identifier."""
    found: dict[str, PlaybookVersion] = {}
    todo, met = [playbook], {playbook.id}
    while todo:
        wanted = {
            step.playbook_id for step in todo.pop().steps.values() if step.kind is Kind.PLAYBOOK
        } - met
        for version in _newest(wanted):
            met.add(version.playbook.uid)
            found[version.playbook.uid] = version
            todo.append(playbook_of(version))
    return found


def course_of(run: PlaybookRun) -> Course:
    """The run's course as it stands."""
    rows = PlaybookVersion.objects.filter(pk__in=run.library.values()) if run.library else ()
    books = [playbook_of(version) for version in rows]
    library = {book.id: book for book in books}
    playbook = playbook_of(run.playbook_version)
    return Course(playbook, run.states or None, run.variables, library)


def _newest(uids: set[str]) -> list[PlaybookVersion]:
    rows = PlaybookVersion.objects.filter(playbook__uid__in=uids).select_related("playbook")
    newest: dict[str, PlaybookVersion] = {}
    for version in rows.order_by("number"):
        newest[version.playbook.uid] = version
    return list(newest.values())
