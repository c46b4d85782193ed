"""The product's own playbooks: brought once, renewed with an update, never over somebody's edit."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.playbooks.rows import sha256, write_version
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.models import Playbook, PlaybookOrigin
from shangdun.records.roles import Capability
from shangdun.respond import playbook as cacao
from shangdun.respond.playbook.built_in import built_in


@action(Capability.RUN_PLAYBOOKS)
def do_bring_playbooks(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """How many are new or renewed. An edited one stays; its page says that ours has changed."""
    now = clock.now()
    rows = {row.uid: row for row in Playbook.objects.all()}
    brought: list[str] = []
    for playbook in built_in():
        row = rows.get(playbook.id) or Playbook(uid=playbook.id, enabled=True)
        ours = sha256(cacao.dump(playbook))
        if row.builtin_sha256 == ours:
            continue
        row.builtin_sha256 = ours
        brought.append(playbook.name.en)
        if row.version and row.origin != PlaybookOrigin.BUILTIN:
            row.save(update_fields=["builtin_sha256"])
            continue
        write_version(row, playbook, origin=PlaybookOrigin.BUILTIN, by=actor, reason="", now=now)
    if not brought:
        return Unchanged(0)
    payload = {"count": len(brought), "titles": brought}
    return Done(len(brought), ("playbooks", "built_in"), now, payload)


def builtin_waits() -> bool:
    """Whether some are missing or older than those of the product; one small read."""
    wanted = {playbook.id: sha256(cacao.dump(playbook)) for playbook in built_in()}
    stored = dict(Playbook.objects.filter(uid__in=wanted).values_list("uid", "builtin_sha256"))
    return stored != wanted
