"""Adding subjects to an incident, each once however many lists name it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from django.db.models import Q

from shangdun.records.affected import (
    email_mark,
    identity_in,
    phone_mark,
    reference_mark,
    sealed_identity,
)
from shangdun.records.models import AffectedList, AffectedSubject
from shangdun.respond.affected.identity import Identity, Kind, joined, kind_of

AT_ONCE = 300
"""Subjects looked up together: three marks each stay below SQLite's limit of variables."""
_SURER = {"confirmed": 0, "likely": 1, "possible": 2}
_MARKS = ("reference_mark", "email_mark", "phone_mark")
PEOPLE = frozenset({Kind.PERSON, Kind.ACCOUNT})

Mark = tuple[str, str]


@dataclass
class Taken:
    """What adding came to: new subjects, and mentions of known ones."""

    fresh: int = 0
    repeated: int = 0


@dataclass
class _Known:
    """Subjects by their marks, those of the batch too."""

    by_mark: dict[Mark, AffectedSubject] = field(default_factory=dict)
    fresh: dict[int, AffectedSubject] = field(default_factory=dict)
    changed: dict[int, AffectedSubject] = field(default_factory=dict)
    folded: set[int] = field(default_factory=set)

    def add(self, subject: AffectedSubject) -> None:
        for name in _MARKS:
            if mark := getattr(subject, name):
                self.by_mark[name, mark] = subject

    def meeting(self, marks: Iterable[Mark]) -> list[AffectedSubject]:
        found = {id(one): one for mark in marks if (one := self.by_mark.get(mark))}
        return sorted(found.values(), key=lambda one: (one.pk is None, one.pk or 0))


def take(source: AffectedList, subjects: Sequence[tuple[Kind, Identity]]) -> Taken:
    """Add them inside the caller's transaction.

    Whoever meets a known subject by account, e-mail or telephone is the same; a mention that joins
    two known ones (one by account, one by e-mail) folds them into one.
    """
    taken = Taken()
    for start in range(0, len(subjects), AT_ONCE):
        _take_some(source, subjects[start : start + AT_ONCE], taken)
    return taken


def _take_some(
    source: AffectedList, subjects: Sequence[tuple[Kind, Identity]], taken: Taken
) -> None:
    marked = [(kind, identity, _marks(kind, identity)) for kind, identity in subjects]
    known = _known(source, [marks for _, _, marks in marked])
    for kind, identity, marks in marked:
        met = known.meeting(marks.items())
        if met:
            first, *others = met
            taken.repeated += 1
            for other in others:
                identity = joined(identity, identity_in(other))  # noqa: PLW2901 - grows by whom it joins
                taken.fresh -= _fold(known, other)
            _grow(known, source, first, identity, kind)
        else:
            fresh = AffectedSubject(
                incident_id=source.incident_id,
                list=source,
                kind=kind,
                certainty=source.certainty,
                language=identity.language,
                sealed=sealed_identity(identity),
                **marks,
            )
            known.add(fresh)
            known.fresh[id(fresh)] = fresh
            taken.fresh += 1
    AffectedSubject.objects.filter(pk__in=known.folded).delete()
    AffectedSubject.objects.bulk_update(
        known.changed.values(), ["kind", "certainty", "language", "sealed", *_MARKS], batch_size=50
    )
    AffectedSubject.objects.bulk_create(known.fresh.values(), batch_size=60)


def _known(source: AffectedList, all_marks: Sequence[dict[str, str]]) -> _Known:
    known = _Known()
    wanted = {name: {marks[name] for marks in all_marks if marks.get(name)} for name in _MARKS}
    queries = [
        AffectedSubject.objects.filter(Q(**{f"{name}__in": marks}), incident_id=source.incident_id)
        for name, marks in wanted.items()
        if marks
    ]
    by_pk: dict[int, AffectedSubject] = {}
    for subject in chain.from_iterable(queries):
        known.add(by_pk.setdefault(subject.pk, subject))
    return known


def _fold(known: _Known, other: AffectedSubject) -> int:
    """Take a subject away that turned out to be another; 1 where it was new in this batch."""
    for name in _MARKS:
        known.by_mark.pop((name, getattr(other, name)), None)
    if other.pk is None:
        known.fresh.pop(id(other))
        return 1
    known.changed.pop(other.pk, None)
    known.folded.add(other.pk)
    return 0


def _grow(
    known: _Known, source: AffectedList, one: AffectedSubject, identity: Identity, kind: Kind
) -> None:
    before = identity_in(one)
    whole = joined(before, identity)
    surer = min(one.certainty, source.certainty, key=_SURER.__getitem__)
    if whole == before and surer == one.certainty:
        return
    people = kind in PEOPLE
    one.kind = kind_of(whole) if people else kind
    one.certainty, one.language = surer, whole.language
    one.sealed = sealed_identity(whole)
    for name, mark in _marks(Kind(one.kind), whole).items():
        setattr(one, name, mark)
    known.add(one)
    if one.pk is not None:
        known.changed[one.pk] = one


def _marks(kind: Kind, identity: Identity) -> dict[str, str]:
    """By what a subject is known again: people by any of three, an order or asset by its name."""
    space = "account" if kind in PEOPLE else kind.value
    marks = {"reference_mark": reference_mark(space, identity.reference)}
    if kind in PEOPLE:
        marks |= {
            "email_mark": email_mark(identity.email),
            "phone_mark": phone_mark(identity.phone),
        }
    return {"email_mark": "", "phone_mark": "", **marks}
