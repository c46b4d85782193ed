"""Law over the years: changes become reviews, judgements keep their text, findings stay open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.db import IntegrityError

from shangdun.actions.compliance import register as taking
from shangdun.actions.compliance.duties import (
    DutyPlan,
    OwnText,
    ShopFacts,
    do_add_duty_evidence,
    do_add_law_version,
    do_change_law_duty,
    do_state_shop_facts,
)
from shangdun.actions.compliance.findings import (
    Wanting,
    do_follow_finding,
    do_improve_finding,
    do_raise_audit_finding,
)
from shangdun.actions.compliance.register import do_take_in_law
from shangdun.actions.compliance.rounds import (
    RoundPlan,
    do_attach_opinion,
    do_close_assessment,
    do_judge_duty,
    do_open_assessment,
    unjudged,
)
from shangdun.actions.controls.files import keep_file
from shangdun.actions.controls.keep import do_adopt_controls
from shangdun.actions.evidence.content import sweep_store
from shangdun.actions.review.improve import Plan
from shangdun.actions.starters import Asked
from shangdun.actions.starters import compliance as law_starter
from shangdun.actions.starters import controls as control_starter
from shangdun.govern.law.compliance import DutyState
from shangdun.govern.law.register import register
from shangdun.govern.measures.periods import Cadence, period_of
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records import evidence_store
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.compliance import compliance_rate, duties_standing
from shangdun.records.dated import Asked as AskedDates
from shangdun.records.dated import compliance as dated_law
from shangdun.records.dated import controls as dated_controls
from shangdun.records.measure_readings import READERS
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Control,
    DutyJudgement,
    DutyVersion,
    Improvement,
    LawReview,
    LegalDuty,
    Message,
    Programme,
)
from shangdun.records.roles import Role
from shangdun.runtime.programme.compliance import follow_law

pytestmark = pytest.mark.django_db
SPRING = datetime(2025, 3, 3, 2, tzinfo=UTC)
PLAN = Plan(title="Keep them longer", group="legal", due=date(2026, 6, 1), retest="Look.")


@dataclass
class Round:
    """An assessment with everything judged kept by internal audit."""

    number: int

    @staticmethod
    def begun(clock: FixedClock, year: int) -> Round:
        plan = RoundPlan(title=f"{year}", year=year, due_on=date(year, 12, 31))
        return Round(do_open_assessment(SETUP, plan, clock=clock).number)

    def judge_all(self, clock: FixedClock) -> None:
        from shangdun.records.models import AssessmentRound  # noqa: PLC0415 - of this one step

        row = AssessmentRound.objects.get(number=self.number)
        for uid in unjudged(row, duties_standing(clock.now())):
            do_judge_duty(
                SETUP, number=self.number, uid=uid, side="internal", verdict="kept", clock=clock
            )

    def close(self, clock: FixedClock) -> None:
        do_close_assessment(
            SETUP, number=self.number, conclusion="Read.", without_counsel="None this year.",
            clock=clock,
        )  # fmt: skip


def state_of(uid: str, clock: FixedClock) -> DutyState:
    return duties_standing(clock.now(), duties=[LegalDuty.objects.get(uid=uid)])[0].state


def test_a_law_that_is_known_to_change_is_reviewed_before_it_does(home):
    clock = FixedClock(SPRING)
    made = do_take_in_law(SETUP, clock=clock)
    assert made.duties == len(register())
    ahead = LawReview.objects.filter(due_on=date(2026, 1, 1))
    assert {row.duty.uid for row in ahead} == {"csl-mlps", "csl-logs", "csl-plan"}
    assert all(row.before.effective_from == date(2017, 6, 1) for row in ahead)
    again = do_take_in_law(SETUP, clock=clock)
    assert again == taking.TakenIn()
    today = duties_standing(clock.now(), duties=[LegalDuty.objects.get(uid="csl-logs")])[0]
    assert "21" in today.text.article["en"]


def test_who_begins_after_the_change_has_nothing_to_review_of_it(home):
    do_take_in_law(SETUP, clock=FixedClock(datetime(2026, 5, 4, tzinfo=UTC)))
    assert not LawReview.objects.exists()


def test_a_new_edition_makes_reviews_of_what_it_changes_and_of_nothing_else(home, monkeypatch):
    clock = FixedClock(datetime(2026, 5, 4, tzinfo=UTC))
    do_take_in_law(SETUP, clock=clock)
    changed = [
        msgspec.structs.replace(
            one,
            versions=(
                *one.versions,
                msgspec.structs.replace(
                    one.versions[-1], effective_from=date(2026, 9, 1),
                    article={"zh": "第八条", "en": "Art. 8"},
                ),
            ),
        )
        if one.uid == "cac-reporting"
        else one
        for one in register()
    ]  # fmt: skip
    monkeypatch.setattr(taking, "register", lambda: changed)
    follow_law(clock)
    follow_law(clock)
    review = LawReview.objects.get()
    assert (review.duty.uid, review.due_on) == ("cac-reporting", date(2026, 9, 1))
    assert Message.objects.filter(kind="law_review").count() == 1
    clock.move(timedelta(days=125))  # five days late: told when known, at 60, 30, 7, 0, then weekly
    for _ in range(2):
        follow_law(clock)
    assert Message.objects.filter(kind="law_review").count() == 2


def test_a_judgement_keeps_the_text_and_the_evidence_it_was_made_on(home, somebody):
    clock = FixedClock(SPRING)
    do_take_in_law(SETUP, clock=clock)
    do_adopt_controls(SETUP, keys=["log-retention"], clock=clock)
    do_add_duty_evidence(SETUP, uid="csl-logs", title="Policy", link="/documents/1/", clock=clock)
    number = Round.begun(clock, 2025).number
    made = do_judge_duty(
        SETUP, number=number, uid="csl-logs", side="internal", verdict="kept", clock=clock
    )
    assert made.law_version.effective_from == date(2017, 6, 1)
    assert made.evidence["measures"][0]["key"] == "log-retention"
    assert made.evidence["files"][0]["link"] == "/documents/1/"
    assert state_of("csl-logs", clock) is DutyState.KEPT
    clock.move(timedelta(days=320))  # 2026: the amended text holds
    assert state_of("csl-logs", clock) is DutyState.OUT_OF_DATE
    assert compliance_rate(clock.now()).done == 0
    made.refresh_from_db()
    assert made.law_version.effective_from == date(2017, 6, 1)
    with pytest.raises(IntegrityError):
        DutyJudgement.objects.filter(pk=made.pk).update(verdict="not_kept")


def test_a_year_is_measured_by_the_law_of_its_last_day_not_by_that_of_new_year(home):
    clock, zone = FixedClock(SPRING), console_zone()
    do_take_in_law(SETUP, clock=clock)
    Round.begun(clock, 2025).judge_all(clock)
    clock.move(timedelta(days=320))
    for year, kept in ((2025, 3), (2026, 0)):  # of what that law asks for
        period = period_of(date(year, 6, 1), Cadence.YEAR)
        found = READERS["compliance"](period, clock.now(), zone, 0.0)
        assert found.parts["csl"] == (kept, 3), year


def test_a_text_of_a_law_never_changes_in_the_database(home):
    do_take_in_law(SETUP)
    with pytest.raises(IntegrityError):
        DutyVersion.objects.update(sha256="0" * 64)


def test_the_same_judgement_twice_is_one_and_another_is_added(home):
    clock = FixedClock(SPRING)
    do_take_in_law(SETUP, clock=clock)
    number = Round.begun(clock, 2025).number
    asked = {"number": number, "uid": "csl-logs", "side": "internal", "clock": clock}
    first = do_judge_duty(SETUP, verdict="kept", **asked)
    assert do_judge_duty(SETUP, verdict="kept", **asked) == first
    second = do_judge_duty(SETUP, verdict="partly", note="Two months are gone.", **asked)
    assert second.pk != first.pk
    assert state_of("csl-logs", clock) is DutyState.PARTLY


def test_who_looks_after_a_duty_does_not_judge_it(home, somebody):
    do_take_in_law(SETUP)
    legal = somebody(Role.LEGAL)
    do_change_law_duty(SETUP, DutyPlan(owner_id=legal.pk), uid="csl-plan")
    number = Round.begun(FixedClock(SPRING), 2025).number
    asked = {"number": number, "uid": "csl-plan", "side": "internal", "verdict": "kept"}
    with pytest.raises(NotAllowed):
        do_judge_duty(legal, **asked)
    wanting = Wanting(uid="csl-plan", side="internal", title="No drill", severity="low")
    finding = do_raise_audit_finding(SETUP, wanting, number=number)
    do_change_law_duty(legal, DutyPlan(), uid="csl-plan")  # for a moment it is nobody's
    with pytest.raises(NotAllowed):
        do_judge_duty(legal, **asked)
    with pytest.raises(NotAllowed):
        do_follow_finding(legal, number=finding.number, note="It is well.", closes=True)
    colleague = somebody(Role.LEGAL, name="colleague")
    do_judge_duty(colleague, **asked)
    do_follow_finding(colleague, number=finding.number, note="It was held.", closes=True)


def test_counsels_judgement_needs_the_opinion_it_is_taken_from(home):
    do_take_in_law(SETUP)
    number = Round.begun(FixedClock(SPRING), 2025).number
    asked = {"number": number, "uid": "csl-plan", "side": "counsel", "verdict": "kept"}
    with pytest.raises(UsageError, match="opinion"):
        do_judge_duty(SETUP, **asked)
    opinion = keep_file("opinion.pdf", b"%PDF an opinion")
    row = do_attach_opinion(
        SETUP, opinion, number=number, firm="Firm", lawyer="Li", written_on=date(2025, 9, 1)
    )
    do_judge_duty(SETUP, **asked)
    assert row.opinion.sha256 == opinion.stored.sha256
    sweep_store(datetime.now(UTC) + timedelta(days=9))
    assert evidence_store.is_there(opinion.stored.sha256)  # no sweep takes a kept opinion away


def test_a_finding_is_followed_from_one_audit_to_the_next(home):
    clock = FixedClock(SPRING)
    do_take_in_law(SETUP, clock=clock)
    first = Round.begun(clock, 2025)
    first.judge_all(clock)
    wanting = Wanting(uid="csl-logs", side="internal", title="Logs are short", severity="high")
    finding = do_raise_audit_finding(SETUP, wanting, number=first.number, clock=clock)
    first.close(clock)
    do_improve_finding(SETUP, PLAN, number=finding.number, clock=clock)
    clock.move(timedelta(days=365))
    second = Round.begun(clock, 2026)
    second.judge_all(clock)
    with pytest.raises(UsageError, match="earlier findings"):
        second.close(clock)
    with pytest.raises(UsageError, match="retested"):
        do_follow_finding(SETUP, number=finding.number, note="Done.", closes=True, clock=clock)
    do_follow_finding(SETUP, number=finding.number, note="Not yet.", closes=False, clock=clock)
    second.close(clock)
    Improvement.objects.update(state="proven")
    do_follow_finding(SETUP, number=finding.number, note="Now it is.", closes=True, clock=clock)
    finding.refresh_from_db()
    assert (finding.state, finding.steps.count()) == ("closed", 2)


def test_an_assessment_does_not_close_without_counsel_or_a_reason(home):
    clock = FixedClock(SPRING)
    do_take_in_law(SETUP, clock=clock)
    row = Round.begun(clock, 2025)
    with pytest.raises(UsageError, match="not judged"):
        row.close(clock)
    row.judge_all(clock)
    with pytest.raises(UsageError, match="counsel"):
        do_close_assessment(SETUP, number=row.number, conclusion="Fine.", clock=clock)
    row.close(clock)
    rate = compliance_rate(clock.now())
    assert rate.done == rate.due > 10


def test_facts_decide_whom_a_duty_binds_and_what_is_unknown_counts(home):
    do_take_in_law(SETUP)
    assert state_of("audit-biennial", FixedClock(SPRING)) is DutyState.NOT_APPLICABLE  # not yet law
    now = FixedClock(datetime(2026, 5, 4, tzinfo=UTC))
    assert not compliance_rate(SPRING).due  # nothing was known then
    later = FixedClock(datetime.now(UTC) + timedelta(days=1))
    assert state_of("audit-biennial", later) is DutyState.NOT_ASSESSED
    do_state_shop_facts(SETUP, ShopFacts(customers=5), clock=now)
    assert state_of("audit-biennial", later) is DutyState.NOT_APPLICABLE


def test_what_counsel_enters_is_reviewed_like_a_new_edition(home):
    do_take_in_law(SETUP)
    text = OwnText(
        law="Contract", article="§ 4", title="Tell us", text="Within a day.", source="2024",
        effective_from=date(2030, 1, 1),
    )  # fmt: skip
    made = do_add_law_version(SETUP, text, uid="cac-reporting")
    assert do_add_law_version(SETUP, text, uid="cac-reporting") == made
    assert LawReview.objects.get(after=made).due_on == date(2030, 1, 1)
    wrong = msgspec.structs.replace(text, repealed_on=date(2029, 1, 1))
    with pytest.raises(UsageError):
        do_add_law_version(SETUP, wrong, uid="cac-reporting")


def test_the_year_that_nobody_assesses_is_reminded_of_each_month(home):
    clock = FixedClock(datetime(2026, 9, 15, tzinfo=UTC))
    do_take_in_law(SETUP, clock=clock)
    for _ in range(4):
        follow_law(clock)
        clock.move(timedelta(days=30))
    assert Message.objects.filter(kind="assessment_due").count() == 3  # October to December


def test_the_guided_questions_begin_register_and_list_once(home, somebody):
    boss = somebody(Role.LEADERSHIP)
    programme = Programme(number=1, title="Plan", language="zh-hans")
    asked = Asked(
        actor=boss, programme=programme, at=SPRING, today=SPRING.date(),
        platform=frozenset({"web", "payments"}), customers=2_000_000,
        people={"legal": boss.pk},
    )  # fmt: skip
    assert law_starter.start(asked).made == len(register())
    assert control_starter.start(asked).made > 40
    assert (law_starter.start(asked).made, control_starter.start(asked).made) == (0, 0)
    assert LegalDuty.objects.get(uid="pipl-audit").owner == boss
    room = Control.objects.get(key="server-room")
    assert (room.applies, room.reason) == (False, "facts:own_servers")
    zone = console_zone()
    when = AskedDates(JOBS, date(2025, 1, 1), date(2026, 12, 31), SPRING, zone)
    assert {one.uid for one in dated_law.dated(when)} >= {
        f"law-review-{row.pk}" for row in LawReview.objects.all()
    }
    assert any(one.path == "/controls/training/" for one in dated_controls.dated(when))
