"""The playbooks of a run as they were when it began."""

from __future__ import annotations

from shangdun.records.models import Playbook, PlaybookRun, PlaybookVersion
from shangdun.records.playbooks import content, newest
from shangdun.respond import playbook as cacao
from shangdun.respond.playbook.course import Course
from shangdun.respond.playbook.model import Kind


def called_by(playbook: cacao.Playbook) -> dict[str, PlaybookVersion]:
    """The newest versions of what its steps call, and of what those call, by CACAO identifier."""
    found: dict[str, PlaybookVersion] = {}
    todo, met = [playbook], {playbook.id}
    while todo:
        steps = todo.pop().steps.values()
        wanted = {step.playbook_id for step in steps if step.kind is Kind.PLAYBOOK} - met
        met |= wanted
        for version in newest(list(Playbook.objects.filter(uid__in=wanted))):
            found[version.playbook.uid] = version
            todo.append(content(version))
    return found


def course_of(run: PlaybookRun) -> Course:
    """The run's course as it stands."""
    rows = PlaybookVersion.objects.filter(pk__in=run.library.values()) if run.library else ()
    books = [content(version) for version in rows]
    library = {book.id: book for book in books}
    return Course(content(run.playbook_version), run.states, run.variables, library)
