"""Rules that people of the seeded shop wrote, edited, imported and tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.console.pulse import HOSTILE

from shangdun.actions.change_rule_list import do_add_to_rule_list
from shangdun.actions.import_rules import do_apply_rule_import, do_stage_rule_import
from shangdun.actions.save_rule import do_save_rule_document
from shangdun.actions.try_rule import do_try_rule
from shangdun.detect.rule_archive import RuleFile
from shangdun.detect.rule_import import harvest
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import DocumentOrigin, HuntRun, User
from shangdun.records.models.hunts import HuntState

IMPORTED = "5f1d0d4c-0009-4a10-9d55-6f6f7e00000%d"
RULE = """\
title: {title}
id: {uid}
tags: [attack.t1190, oat.014]
logsource: {{category: webserver}}
detection:
  selection: {{cs-uri-query|contains: {word}}}
  condition: selection
level: medium
"""


def ruled(users: dict[str, User], now: datetime) -> None:
    """A copy with two versions, lists, two imports of which one waits, a trial that is over."""
    boss = users["everybody"]
    text = (Path(__file__).parent / "rules" / "sqli.yml").read_text()
    for level, hours in (("high", 30), ("critical", 2)):
        changed = text.replace("level: high", f"level: {level}")
        do_save_rule_document(
            boss,
            text=changed.replace("union select", "union all select"),
            reason=f"Seen in the shop. {HOSTILE[:40]}",
            origin=DocumentOrigin.EDITED,
            clock=FixedClock(now - timedelta(hours=hours)),
        )
    do_add_to_rule_list(
        boss, list_name="allowed_crawlers", values=["66.249.66.0/24"], reason="Price comparison"
    )
    first = do_stage_rule_import(
        boss,
        harvest([RuleFile("web/one.yml", rule(1).encode()), RuleFile("web/bad.yml", b"a: [")]),
        name="sigma-1.zip",
        collection="sigma",
        shipped={},
        clock=FixedClock(now - timedelta(days=3)),
    )
    do_apply_rule_import(boss, import_id=first.pk, reason="The release of March")
    do_stage_rule_import(
        boss,
        harvest(
            [
                RuleFile("web/one.yml", rule(1, "admin.php").encode()),
                RuleFile("web/two.yml", rule(2, title=f"'{HOSTILE[:30]}'").encode()),
                RuleFile("web/bad.yml", f"title: {HOSTILE[:30]}\ndetection: 1".encode()),
            ]
        ),
        name="sigma-2.zip",
        collection="sigma",
        shipped={},
        clock=FixedClock(now - timedelta(hours=1)),
    )
    run = do_try_rule(boss, uid=IMPORTED % 1, title="Backup asked for", text=rule(1))
    found = {
        "count": 3,
        "entities": [{"kind": "address", "value": "203.0.113.77"}],
        "evidences": [{"raw": f"GET /?id={HOSTILE}"}],
    }
    HuntRun.objects.filter(pk=run.pk).update(
        state=HuntState.DONE, progress=1.0, events=120_000, found=4, matched=12, findings=[found]
    )


def rule(number: int, word: str = "backup.zip", title: str = "Backup asked for") -> str:
    return RULE.format(uid=IMPORTED % number, word=word, title=title)
