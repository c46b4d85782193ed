"""Lists of recipients: made for a purpose, filled from a file or by hand, each address once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.communication.lines import OUTSIDE
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.affected import email_mark
from shangdun.records.conflict import EditConflict
from shangdun.records.mailings import KEEPERS, Person, get_address_list, sealed_person
from shangdun.records.models import AddressList, Recipient
from shangdun.records.stored_text import clean_text
from shangdun.respond.affected.columns import Field, guess, subjects_of
from shangdun.respond.affected.identity import Identity

MOST_AT_ONCE = 100_000
MOST_LISTS = 200
MOST_TOLD = 200
"""Rows that do not fit and are named one by one."""
SAMPLE = 50
FIELDS = ("name", "audience", "purpose_zh", "purpose_en", "origin", "plan")
_READ = (Field.EMAIL, Field.NAME, Field.LANGUAGE)


class NewList(msgspec.Struct, frozen=True, kw_only=True):
    """A list as somebody wants it."""

    name: str
    audience: str
    purpose_zh: str
    purpose_en: str
    origin: str
    plan: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """Whom a file or a pasted text names, and what is wrong with its rows."""

    people: tuple[Identity, ...]
    wrong: tuple[tuple[int, str], ...]
    """Row (from 1) and ``email``, ``broken`` or ``nobody``; the first ones."""
    refused: int
    twice: int


class Added(msgspec.Struct, frozen=True):
    """What a file came to."""

    fresh: int
    known: int


@action(*KEEPERS)
def do_make_address_list(
    actor: Actor, wanted: NewList, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[AddressList]:
    """A list, empty as yet; the same again is the same."""
    wanted = _checked(wanted)
    same = AddressList.objects.filter(name=wanted.name, erased_at=None).first()
    if same is not None:
        if _values(same) == msgspec.to_builtins(wanted):
            return Unchanged(same)
        raise UsageError(
            "there is a list of this name", code="addresses.taken", where=wanted.name,
            fix="choose another name",
        )  # fmt: skip
    if AddressList.objects.filter(erased_at=None).count() >= MOST_LISTS:
        raise UsageError("too many lists", code="addresses.many", fix="erase what is over")
    now = clock.now()
    row = AddressList.objects.create(
        **msgspec.to_builtins(wanted), created_at=now, created_by=person(actor)
    )
    return Done(row, ("address_list", row.pk), now, _payload(row))


@action(*KEEPERS)
def do_change_address_list(
    actor: Actor,
    wanted: NewList,
    *,
    list_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AddressList]:
    """Change what a list says of itself."""
    row = _living(actor, list_id)
    wanted = _checked(wanted)
    if _values(row) == msgspec.to_builtins(wanted):
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this list meanwhile", where=row.name,
            mine={"version": version, **msgspec.to_builtins(wanted)},
            theirs={"version": row.version, **_values(row)},
        )  # fmt: skip
    if AddressList.objects.filter(name=wanted.name, erased_at=None).exclude(pk=row.pk).exists():
        raise UsageError(
            "there is a list of this name", code="addresses.taken", where=wanted.name,
            fix="choose another name",
        )  # fmt: skip
    for name, value in msgspec.to_builtins(wanted).items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*FIELDS, "version"])
    return Done(row, ("address_list", row.pk), clock.now(), _payload(row))


@action(*KEEPERS)
def do_add_recipients(
    actor: Actor, people: Sequence[Identity], *, list_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Added]:
    """Put them on the list; who is on it stays as he is."""
    row = _living(actor, list_id)
    rows: dict[str, Recipient] = {}
    for one in people:
        if mark := email_mark(one.email):
            rows.setdefault(mark, _recipient(row, mark, one))
    before = row.recipients.count()
    Recipient.objects.bulk_create(rows.values(), batch_size=200, ignore_conflicts=True)
    fresh = row.recipients.count() - before
    added = Added(fresh, len(rows) - fresh)
    if not fresh:
        return Unchanged(added)
    payload = {"recipients": fresh, "known": added.known}
    return Done(added, ("address_list", row.pk), clock.now(), payload)


def read_sheet(rows: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    """Recipients in a table's rows: which column is what is guessed as for lists of the affected.

    Raises ``UsageError`` (``addresses.column``: no column of addresses; ``addresses.rows``).
    """
    stream = iter(rows)
    head = [row for row, _turn in zip(stream, range(SAMPLE), strict=False)]
    layout = guess([cells for _number, cells in head])
    columns = {name.value: layout[name] for name in _READ if name in layout}
    if Field.EMAIL not in columns:
        raise UsageError(
            "no column holds e-mail addresses", code="addresses.column",
            fix="one row a person, with the address in a column of its own",
        )  # fmt: skip
    people: dict[str, Identity] = {}
    wrong: list[tuple[int, str]] = []
    refused = twice = 0
    for number, cells in _following(head[1:] if layout.heading else head, stream):
        found, problems = subjects_of(cells, columns)
        if not found:
            refused += 1
            wrong += [(number, problems[0][1])] if len(wrong) < MOST_TOLD else []
        elif found[0][1].email in people:
            twice += 1
        else:
            people[found[0][1].email] = found[0][1]
        if len(people) > MOST_AT_ONCE:
            raise UsageError(
                "too many rows", code="addresses.rows", fix=f"{MOST_AT_ONCE} at once: split it"
            )
    return Sheet(tuple(people.values()), tuple(wrong), refused, twice)


def _following(
    head: Sequence[tuple[int, Sequence[str]]], rest: Iterable[tuple[int, Sequence[str]]]
) -> Iterable[tuple[int, Sequence[str]]]:
    yield from head
    yield from rest


def _recipient(row: AddressList, mark: str, one: Identity) -> Recipient:
    sealed = sealed_person(Person(one.name, one.email))
    return Recipient(list=row, mark=mark, sealed=sealed, language=one.language)


def _living(actor: Actor, list_id: int) -> AddressList:
    row = get_address_list(actor, list_id)
    if row.erased_at is not None:
        raise UsageError("this list was erased", code="addresses.erased", fix="make a new one")
    return row


def _checked(wanted: NewList) -> NewList:
    lines = {
        name: " ".join(clean_text(getattr(wanted, name)).split())
        for name in ("name", "purpose_zh", "purpose_en")
    }
    wanted = msgspec.structs.replace(wanted, **lines, origin=clean_text(wanted.origin.strip()))
    if not wanted.name or len(wanted.name) > 120:
        raise UsageError("a list needs a name", code="addresses.name", fix="in one line")
    if wanted.audience not in OUTSIDE:
        raise UsageError("that is inside the company", code="contact.audience", fix="choose one")
    if not all(0 < len(one) <= 200 for one in (wanted.purpose_zh, wanted.purpose_en)):
        raise UsageError(
            "say in both languages what the addresses are for", code="addresses.purpose",
            fix="each letter says it",
        )  # fmt: skip
    if not 0 < len(wanted.origin) <= 1000:
        raise UsageError(
            "say where the addresses come from and what these people agreed to",
            code="addresses.origin", fix="in a sentence",
        )  # fmt: skip
    return wanted


def _values(row: AddressList) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def _payload(row: AddressList) -> dict[str, Any]:
    return {"audience": row.audience, "plan": row.plan, "version": row.version}
