"""The list of findings gives what a plain filter and sort would, page after page."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from shangdun.detect.finding import Entity
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import System
from shangdun.records.finding_list import FindingFilter, count_findings, list_findings
from shangdun.records.models import Finding, FindingEntity, FindingState, Suppression, User
from shangdun.records.roles import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ALL = System("system:test")


@pytest.fixture
def rows() -> list[Finding]:
    chance = random.Random(7)
    quiet = Suppression.objects.create(
        pk=1, rule_uid="a", reason="a drill", created=NOW, until=NOW + timedelta(hours=1)
    )
    made = Finding.objects.bulk_create(
        Finding(
            uid=str(number),
            rule_uid=chance.choice("abc"),
            title="t",
            severity=chance.choice([2, 3, 4, 5]),
            state=(state := chance.choice(FindingState.values)),
            suppression=quiet if state == FindingState.WITHHELD else None,
            time=NOW - timedelta(seconds=chance.randrange(60)),  # many share a second
            first_time=NOW,
            recorded=NOW,
            fold_key=str(number),
        )
        for number in range(300)
    )
    FindingEntity.objects.bulk_create(
        FindingEntity(finding=row, kind="address", value=chance.choice("xy"), time=row.time)
        for row in made
    )
    return made


FILTERS = [
    FindingFilter(),
    FindingFilter(severities=frozenset({5})),
    FindingFilter(severities=frozenset({4, 5})),
    FindingFilter(states=frozenset({"new"})),
    FindingFilter(states=frozenset({"new", "confirmed"}), severities=frozenset({2, 5})),
    FindingFilter(rule_uid="a"),
    FindingFilter(rule_uid="b", states=frozenset({"dismissed"}), severities=frozenset({3})),
    FindingFilter(rule_uid="none"),
    FindingFilter(states=frozenset({"withheld"})),
    FindingFilter(suppression=1),
    FindingFilter(entity=Entity("address", "x")),
    FindingFilter(
        entity=Entity("address", "y"),
        severities=frozenset({2}),
        states=frozenset({"new"}),
        rule_uid="c",
    ),
    FindingFilter(since=NOW - timedelta(seconds=20)),
    FindingFilter(since=NOW - timedelta(seconds=20), severities=frozenset({4}), rule_uid="a"),
]


def expected(wanted: FindingFilter) -> list[int]:
    rows = Finding.objects.all()
    if wanted.severities:
        rows = rows.filter(severity__in=wanted.severities)
    if wanted.suppression:
        rows = rows.filter(suppression=wanted.suppression)
    elif wanted.states:
        rows = rows.filter(state__in=wanted.states)
    else:
        rows = rows.exclude(state="withheld")
    if wanted.rule_uid:
        rows = rows.filter(rule_uid=wanted.rule_uid)
    if wanted.since:
        rows = rows.filter(time__gte=wanted.since)
    if wanted.entity:
        rows = rows.filter(entities__kind=wanted.entity.kind, entities__value=wanted.entity.value)
    return list(rows.order_by("-time", "-id").values_list("id", flat=True))


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("size", [1, 7, 500])
def test_pages_put_together_are_the_plain_answer(
    rows: list[Finding], wanted: FindingFilter, size: int
) -> None:
    answer = expected(wanted)
    seen: list[int] = []
    after = ""
    while True:
        page = list_findings(ALL, wanted, after=after, size=size)
        seen += [row.pk for row in page.findings]
        after = page.older
        if not after or len(seen) > 30 * size:
            break
    assert seen == (answer if not after else answer[: len(seen)])
    assert count_findings(ALL, wanted) == len(answer)
    assert count_findings(ALL, wanted, up_to=5) == min(5, len(answer))


def test_a_page_takes_three_queries(rows: list[Finding], django_assert_num_queries) -> None:
    for wanted in FILTERS[:4]:
        with django_assert_num_queries(3):
            page = list_findings(ALL, wanted, size=20)
            for row in page.findings:
                assert [entity.kind for entity in row.entities.all()] == ["address"]
                assert row.incident is None
        assert {"evidences", "reasons"} <= page.findings[0].get_deferred_fields()


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "1-x", "٣-٣-", "9" * 30 + "-1", "1" * 50])
def test_a_cursor_that_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(UsageError):
        list_findings(ALL, FindingFilter(), after=cursor)


def test_who_may_not_see_findings_gets_neither_list_nor_count() -> None:
    user = User.objects.create(username="lawyer")
    user.groups.set(Group.objects.filter(name=Role.LEGAL))
    for call in (list_findings, count_findings):
        with pytest.raises(NotAllowed):
            call(user, FindingFilter())
