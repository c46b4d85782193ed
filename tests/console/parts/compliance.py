"""Law and protective measures: their pages by role, a register with a past, checks that fail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import (
    ADMIN,
    ALL,
    AUDITOR,
    LEADERSHIP,
    LEGAL,
    STAFF,
    TECHNICAL,
)

from shangdun.actions.compliance.duties import (
    DutyPlan,
    OwnText,
    ShopFacts,
    do_add_duty_evidence,
    do_add_law_version,
    do_change_law_duty,
    do_state_shop_facts,
)
from shangdun.actions.compliance.findings import Wanting, do_raise_audit_finding
from shangdun.actions.compliance.register import do_take_in_law
from shangdun.actions.compliance.rounds import (
    RoundPlan,
    do_attach_opinion,
    do_judge_duty,
    do_open_assessment,
)
from shangdun.actions.controls.check import do_check_control, do_record_checks
from shangdun.actions.controls.files import keep_file
from shangdun.actions.controls.keep import ControlPlan, do_add_control, do_adopt_controls
from shangdun.actions.review.improve import Plan
from shangdun.govern.controls.found import Fact, Found
from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import (
    AssessmentRound,
    AuditFinding,
    Control,
    ControlResult,
    DutyEvidence,
    LawReview,
    ProofFile,
    User,
)

ORDER = 95
LAW = {LEADERSHIP, LEGAL, ADMIN, AUDITOR}
MANAGES = {LEADERSHIP, LEGAL}
ASSESSES = {LEGAL, AUDITOR}
ORGANISES = MANAGES | ASSESSES
KEEPS = {LEADERSHIP, TECHNICAL}
EXPECTED = {
    "controls": ("get", STAFF),
    "controls_rate": ("get", STAFF),
    "controls_statement": ("get", STAFF),
    "control": ("get", STAFF),
    "control_result": ("get", STAFF),
    "proof_file": ("get", STAFF),
    "control_add": ("get", KEEPS),
    "controls_adopt": ("post", KEEPS),
    "control_change": ("post", KEEPS),
    "control_archive": ("post", KEEPS),
    "control_check": ("post", KEEPS),
    "control_ask": ("post", KEEPS),
    "law": ("get", LAW),
    "law_changes": ("get", LAW),
    "law_duty": ("get", LAW),
    "law_begin": ("post", MANAGES),
    "law_facts": ("get", MANAGES),
    "law_duty_add": ("get", MANAGES),
    "law_duty_version": ("get", MANAGES),
    **{f"law_duty_{name}": ("post", MANAGES) for name in ("change", "evidence", "evidence_drop")},
    "law_review": ("post", ORGANISES),
    "assessments": ("get", LAW),
    "assessment": ("get", LAW),
    "assessment_export": ("get", LAW),
    "assessment_open": ("post", ORGANISES),
    "assessment_change": ("post", ORGANISES),
    "assessment_opinion": ("post", ORGANISES),
    "assessment_judge": ("get", ASSESSES),
    "assessment_finding": ("post", ASSESSES),
    "assessment_close": ("post", ASSESSES),
    "audit_findings": ("get", LAW),
    "audit_finding": ("get", LAW),
    "audit_finding_follow": ("post", ASSESSES),
    "audit_finding_improve": ("post", ORGANISES),
}
SCREENS = {
    "controls": "/controls/",
    "controls-rate": "/controls/rate/",
    "control": "/controls/tls/",
    "control-by-hand": "/controls/training/",
    "law": "/law/",
    "law-facts": "/law/facts/",
    "law-changes": "/law/changes/",
    "law-duty": "/law/duties/csl-mlps/",
    "assessment": "/law/assessments/1/",
    "assessment-judge": "/law/assessments/1/judge/csl-logs/",
    "audit-finding": "/law/findings/1/",
}
assert ALL >= STAFF


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": AssessmentRound.objects.latest("pk").number}
    finding = {"number": AuditFinding.objects.latest("pk").number}
    duty = {"uid": "csl-mlps"}
    found: dict[str, dict[str, Any]] = {
        name: {"key": "training"} for name in EXPECTED if name.startswith("control_")
    }
    found |= {name: duty for name in EXPECTED if name.startswith("law_duty")}
    found |= {name: number for name in EXPECTED if name.startswith("assessment")}
    found |= {name: finding for name in EXPECTED if name.startswith("audit_finding")}
    for name in ("control_add", "law_duty_add", "assessments", "assessment_open", "audit_findings"):
        found[name] = {}
    return found | {
        "control": {"key": "tls"},
        "control_result": {"result_id": ControlResult.objects.latest("pk").pk},
        "controls_statement": {"form": "docx"},
        "proof_file": {"file_id": ProofFile.objects.filter(about="control").latest("pk").pk},
        "law_review": {"review_id": LawReview.objects.latest("pk").pk},
        "law_duty_evidence_drop": {**duty, "evidence_id": DutyEvidence.objects.latest("pk").pk},
        "assessment_export": {**number, "form": "docx"},
        "assessment_judge": {**number, "uid": "csl-logs"},
    }


def paths() -> dict[str, str]:
    own = Control.objects.get(key__startswith="own-")
    return {
        "controls": "/controls/",
        "controls that fail": "/controls/?state=failing",
        "execution rate": "/controls/rate/",
        "control": "/controls/tls/",
        "control, hostile": f"/controls/{own.key}/",
        "check": f"/controls/results/{ControlResult.objects.latest('pk').pk}/",
        "control add": "/controls/add/",
        "law": "/law/?show=all",
        "law facts": "/law/facts/",
        "law changes": "/law/changes/",
        "law duty": "/law/duties/csl-mlps/",
        "law duty text": "/law/duties/csl-mlps/text/",
        "assessments": "/law/assessments/",
        "assessment": "/law/assessments/1/",
        "assessment judge": "/law/assessments/1/judge/csl-logs/",
        "audit findings": "/law/findings/",
        "audit finding": "/law/findings/1/",
    }


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    lead, technical, legal = users["leadership"], users["technical_support"], users["legal"]
    before = FixedClock(now - timedelta(days=100))
    facts = ShopFacts(
        platform=frozenset({"web", "app", "payments", "cloud"}), customers=1_200_000,
        personalised=True,
    )  # fmt: skip
    do_state_shop_facts(lead, facts, clock=before)
    do_take_in_law(lead, clock=before)
    do_adopt_controls(lead, clock=before)
    _checks(technical, lead, now)
    _law(lead, legal, users["auditor"], now)


def _checks(technical: User, lead: User, now: datetime) -> None:
    do_add_control(
        technical,
        ControlPlan(
            rhythm="month", group="logistics", kind="management", method="on_site",
            layer="physical", factors=("insider",), duties=("csl-mlps",),
            title=f"仓库视频监控 {HOSTILE}", what="发货区有视频监控,录像保存九十天。",
        ),
        clock=FixedClock(now - timedelta(days=95)),
    )  # fmt: skip
    rows = {row.key: row.pk for row in Control.objects.exclude(check_name="")}
    for days in (70, 40, 12, 5, 1):
        bad = days < 10
        found = {
            number: _found(bad=bad and key in {"tls", "mfa"}, untold=key == "clock")
            for key, number in rows.items()
        }
        do_record_checks(JOBS, found, clock=FixedClock(now - timedelta(days=days)))
    photo = keep_file(f"培训签到 {HOSTILE[:40]}.jpg", b"\xff\xd8\xff a photograph")
    do_check_control(
        lead, key="training", state="pass", method="document", files=[photo],
        note="上半年培训计划、签到与考核结果齐全,抽查 12 人。",
        clock=FixedClock(now - timedelta(days=20)),
    )  # fmt: skip
    do_check_control(
        technical, key="access-control", state="fail", method="on_site",
        note=f"两个离职人员的数据库账号仍可登录。{HOSTILE}",
    )  # fmt: skip


def _found(*, bad: bool, untold: bool) -> Found:
    state = CheckState.FAIL if bad else CheckState.UNKNOWN if untold else CheckState.PASS
    fact = Fact(
        name={"zh": "shop.example:443", "en": "shop.example:443"},
        value="TLSv1.3 · 9 d", path="/health/",
    )  # fmt: skip
    told = {
        CheckState.FAIL: ("证书还有 9 天到期。", "The certificate ends in 9 days."),
        CheckState.UNKNOWN: ("无法得知本机时钟由谁校准。", "Nothing tells who keeps the clock."),
        CheckState.PASS: ("检查的内容全部在位。", "All that was looked at is in place."),
    }[state]
    fix = {"zh": "续期证书。", "en": "Renew it."} if bad else {}
    return Found(state=state, says={"zh": told[0], "en": told[1]}, fix=fix, facts=(fact,))


def _law(lead: User, legal: User, auditor: User, now: datetime) -> None:
    do_change_law_duty(lead, DutyPlan(owner_id=lead.pk), uid="csl-plan")
    do_add_duty_evidence(legal, uid="csl-mlps", title="等级保护备案证明", link="/documents/1/")
    soon = (now + timedelta(days=40)).date()
    text = OwnText(
        law="中华人民共和国网络安全法", article="第二十三条", title="落实网络安全等级保护制度",
        text=f"另要求每年向主管部门报送测评结果。{HOSTILE}", source="征求意见稿",
        effective_from=soon, certainty="U",
    )  # fmt: skip
    do_add_law_version(legal, text, uid="csl-mlps")
    plan = RoundPlan(
        title=f"{now.year} 年度合规评估", year=now.year, due_on=date(now.year, 12, 31),
        auditor_id=auditor.pk,
    )  # fmt: skip
    row = do_open_assessment(legal, plan)
    opinion = keep_file("法律意见书.pdf", b"%PDF-1.7 an opinion")
    do_attach_opinion(
        legal, opinion, number=row.number, firm="正衡律师事务所", lawyer="王律师",
        written_on=(now - timedelta(days=3)).date(),
    )  # fmt: skip
    do_judge_duty(auditor, number=row.number, uid="csl-logs", side="internal", verdict="kept")
    do_judge_duty(
        legal, number=row.number, uid="csl-logs", side="counsel", verdict="partly",
        note="修正文本的留存要求尚待确认。",
    )  # fmt: skip
    wanting = Wanting(
        uid="csl-plan", side="internal", title=f"预案未载明卡组织联系人 {HOSTILE}",
        severity="medium",
    )  # fmt: skip
    mend = Plan(
        title="补充卡组织与收单机构联系人", group="leadership", retest="演练中实际拨通一次。",
        due=(now + timedelta(days=30)).date(),
    )  # fmt: skip
    do_raise_audit_finding(auditor, wanting, number=row.number, plan=mend)
