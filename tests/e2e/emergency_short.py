"""The same way in short, for every type: what the pages' forms would send, by the same people."""

from __future__ import annotations

from tests.e2e.emergency_end import CHECKSUMS, POINTS, hand_in
from tests.e2e.emergency_people import Person
from tests.e2e.emergency_team import GROUPS, Team

SECTIONS = {
    "leadership": ("summary", "improvements"),
    "technical_support": ("course", "cause", "technical"),
    "customer_service": ("customers",),
    "legal": ("legal", "loss"),
    "logistics": ("logistics",),
}
RUNNING = """SELECT id FROM records_clock WHERE incident_id = ? AND met_at IS NULL
  AND state IN ('running', 'missed')"""


def order(team: Team) -> None:
    """Leadership starts the plan as it is proposed, and the groups have understood."""
    leader = team["leadership"]
    leader.goes("order/")
    leader.sends(leader.form("/order/give/"), button="button[value=start]")
    told = team.site.rows(
        'SELECT i.id, i."group" FROM records_orderinstruction i JOIN records_order o'
        " ON o.id = i.order_id WHERE o.incident_id = ?",
        team.incident_id,
    )
    for instruction, group in told:
        team[group].posts(f"order/{instruction}/acknowledge/", {})


def respond(team: Team) -> None:
    """The board is worked off; the harm has stopped, and what has to be shown is shown."""
    team.works_off({})
    team["technical_support"].posts("move/", {"state": "contained", "note": "已止住"})
    for item, group, kind, _key, _version in team.site.rows(POINTS, team.incident_id):
        if kind == "replay":
            settled = {"do": "waive", "note": "没有可重放的请求"}
            team["leadership"].posts(f"cleanup/{item}/", settled)
        elif kind == "data":
            both = {"live": CHECKSUMS, "backup": CHECKSUMS}
            team[group].posts(f"cleanup/{item}/compare/", both)
        else:
            team[group].posts(f"cleanup/{item}/", {"do": "confirm", "note": "逐项检查"})
    for (clock,) in team.site.rows(RUNNING, team.incident_id):
        said = {"applies": "no", "reason": "未达到报告条件"}
        team["legal"].posts(f"clocks/{clock}/judge/", said)


def conclude(team: Team) -> None:
    """Closed, written by each group, submitted, signed."""
    verdict = {"verdict": "true_positive", "note": "处置完毕"}
    team["leadership"].posts("close/", verdict)
    for group in GROUPS:
        _writes(team[group])
    hand_in(team)


def _writes(person: Person) -> None:
    for section in SECTIONS[person.role]:
        text = f"{person.name} 写：{section}，经过与数据见时间线。"
        person.posts(f"report/parts/{section}/", {"text": text})
