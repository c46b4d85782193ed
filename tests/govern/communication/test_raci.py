"""What is wrong with a table of duties, and where work gets stuck."""

from __future__ import annotations

from shangdun.govern.communication.bottlenecks import Kind, Work, bottlenecks, standings
from shangdun.govern.communication.raci import Gap, Letter, Part, Wrong, gaps, loads

R, A, C = Letter.RESPONSIBLE, Letter.ACCOUNTABLE, Letter.CONSULTED


def test_a_whole_duty_has_no_gap() -> None:
    assert not gaps([1], [Part(1, A, 7), Part(1, R, 8), Part(1, C, None, "Legal")])


def test_every_gap_is_named() -> None:
    parts = [
        Part(2, A, 7), Part(2, A, 8), Part(2, R, 7),
        Part(3, A, 7),
        Part(4, A, None, "Head of legal"), Part(4, R, 9, active=False),
        Part(99, A, 1),
    ]  # fmt: skip
    assert gaps([1, 2, 3, 4], parts) == [
        Gap(Wrong.NO_ACCOUNTABLE, 1),
        Gap(Wrong.NO_RESPONSIBLE, 1),
        Gap(Wrong.MANY_ACCOUNTABLE, 2, count=2),
        Gap(Wrong.NO_RESPONSIBLE, 3),
        Gap(Wrong.EMPTY_OFFICE, 4, office="Head of legal"),
        Gap(Wrong.GONE, 4, person=9),
    ]


def test_overload_counts_a_duty_once_and_advice_not_at_all() -> None:
    parts = [Part(n, letter, 7) for n in range(1, 5) for letter in (A, R)]
    parts += [Part(n, C, 8) for n in range(1, 5)]
    assert loads(parts) == {7: 4}
    assert gaps([1, 2, 3, 4], parts, most=3) == [Gap(Wrong.OVERLOAD, person=7, count=4)]
    assert not gaps([1, 2, 3, 4], parts, most=4)


def test_bottlenecks_need_numbers() -> None:
    work = [Work("legal", late=True)] * 2 + [Work("technical", late=False)] * 20
    assert not bottlenecks(work)
    work += [Work("legal", late=True)]
    [one] = bottlenecks(work)
    assert (one.kind, one.who, one.count, one.of) == (Kind.LATE, "legal", 3, 3)
    assert [row.who for row in standings(work)] == ["legal", "technical"]


def test_waiting_twice_as_long_is_one() -> None:
    work = [Work("quick", late=False, wait=60.0)] * 6 + [Work("slow", late=False, wait=600.0)] * 3
    [one] = bottlenecks(work)
    assert (one.kind, one.who, one.wait, one.usual) == (Kind.WAITS, "slow", 600.0, 60.0)
