"""From containment to a signed report: proofs, closing, every group's part, the papers."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect
from tests.e2e.emergency_people import Person
from tests.e2e.emergency_team import GROUPS, Team

POINTS = """SELECT id, "group", check_kind, key, version FROM records_cleanupitem
  WHERE incident_id = ? AND state = 'open' ORDER BY id"""
CHECKSUMS = f"customers,1260000,{'9f2c' * 16}\norders,5120334,{'77ab' * 16}\n"


def contain(team: Team) -> None:
    """The flow has stopped: technical support says so."""
    technical = team["technical_support"]
    technical.goes()
    technical.sends(technical.page.locator("#move-contained form"), {"note": "已验证封堵有效"})
    team["leadership"].goes("cleanup/")
    assert team.site.rows(POINTS, team.incident_id), "containment asked for no proofs"


def prove(team: Team, person: Person) -> None:
    """What this person's group has to show; leadership leaves out what cannot be measured here."""
    for item, group, kind, _key, _version in team.site.rows(POINTS, team.incident_id):
        measured = kind == "replay"
        if group != person.role and not (measured and person.role == "leadership"):
            continue
        person.goes("cleanup/")
        if measured and person.role == "leadership":
            form = person.page.locator(f"#waive-{item} form")
            person.sends(form, {"note": "接口已下线，无从重放"})
        elif measured:
            continue
        elif kind == "data":
            form = person.page.locator(f"#compare-{item} form")
            person.sends(form, {"live": CHECKSUMS, "backup": CHECKSUMS})
        else:
            form = person.page.locator(f"#confirm-{item} form")
            person.sends(form, {"note": "逐项检查，见记录。"})


def close(team: Team, person: Person, *, refused: bool = False) -> None:
    """Close the case with its verdict; while something is open it stays, and the page says what."""
    person.goes()
    form = person.page.locator("dialog#close form")
    given = {"verdict=true_positive": True, "note": "已封堵、通知、清理完毕"}
    person.sends(form, given, refused=refused)
    state = team.site.rows("SELECT state FROM records_incident WHERE id = ?", team.incident_id)
    assert (state[0][0] == "closed") is not refused
    if refused:
        expect(person.page.locator("dialog#close .notice").first).to_be_visible()


def write_parts(team: Team, person: Person) -> str:
    """This group's parts of the report: what is drafted is kept, what is empty is written."""
    person.goes("report/")
    if person.form("/report/begin/").count():
        person.sends(person.form("/report/begin/"))
    for name in [
        str(form.get_attribute("action")).rstrip("/").rpartition("/")[2]
        for form in person.page.locator("form[action*='/report/parts/']").all()
    ]:
        form = person.form(f"/report/parts/{name}/")
        text = form.locator("textarea").input_value()
        person.sends(form, {"text": text or f"{person.name}: 本组如实记录，详见时间线。"})
    if person.role == "legal":
        person.sends(
            person.form("/report/losses/"),
            {"kind": LOSS, "low": "36000", "high": "120000", "basis": "12 人索赔，参照同类判决"},
        )
    if person.role == "leadership":
        person.sends(
            person.form("/report/improvements/"),
            {"title": "导出接口改为短期令牌", "group": "technical_support", "due": "2027-01-31",
             "retest": "用旧令牌重放应被拒"},
        )  # fmt: skip
    return "本组总结已写。"


LOSS = "legal_and_regulatory"
PARTS = {
    "Technical part: course and root cause": write_parts,
    "Customer service part: effect on customers": write_parts,
    "Legal part: liability and clocks": write_parts,
    "Logistics part: resources and costs": write_parts,
    "Leadership holds the review": write_parts,
}
"""Title of a task of the closing playbook → what is done for it."""


def hand_in(team: Team) -> None:
    """Submitted by technical support, signed by leadership."""
    technical, leader = team["technical_support"], team["leadership"]
    technical.goes("report/")
    technical.sends(technical.form("/report/submit/"))
    leader.goes("report/")
    leader.sends(leader.form("/report/sign/"))
    signed = team.site.rows(
        "SELECT state, signed_sha256 FROM records_review WHERE incident_id = ?", team.incident_id
    )
    assert signed[0][0] == "signed"
    assert len(signed[0][1]) == 64


def papers(team: Team, folder: Path) -> tuple[Path, Path]:
    """The signed report as a browser saves it, as PDF and as Word."""
    leader = team["leadership"]
    leader.goes("report/")
    pdf = leader.keeps("/report/as/pdf/", folder, f"report-{team.number}.pdf")
    return pdf, leader.keeps("/report/as/docx/", folder, f"report-{team.number}.docx")


def everybody_proves(team: Team) -> None:
    """All groups at their points."""
    for group in GROUPS:
        prove(team, team[group])
