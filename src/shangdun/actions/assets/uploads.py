"""Files between the page that explains them and the click that takes them in."""

from __future__ import annotations

import hashlib
import zlib
from datetime import timedelta
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import AssetUpload
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

KEPT = timedelta(days=1)
LARGEST = 64 << 20
PURPOSES = frozenset({"assets", "vulnerabilities"})


@action(Capability.MANAGE_ASSETS)
def do_keep_upload(
    actor: Actor,
    content: bytes,
    *,
    purpose: str,
    name: str,
    options: dict[str, Any],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AssetUpload]:
    """Keep a file for a day, so that nobody has to choose it twice; a person's older one goes."""
    by = person(actor)
    if by is None or purpose not in PURPOSES or not 0 < len(content) <= LARGEST:
        raise UsageError("no file", code="upload.file", fix="choose a file of at most 64 MB")
    now = clock.now()
    digest = hashlib.sha256(content).hexdigest()
    own = AssetUpload.objects.filter(by=by, purpose=purpose)
    same = own.filter(digest=digest, options=options).first()
    if same is not None:
        return Unchanged(same)
    own.delete()
    row = AssetUpload.objects.create(
        by=by, at=now, purpose=purpose, name=clean_text(name)[:200], digest=digest,
        content=zlib.compress(content, 1), options=options,
    )  # fmt: skip
    payload = {"file": row.name, "sha256": digest, "bytes": len(content)}
    return Done(row, ("asset_upload", row.pk), now, payload)


def get_upload(actor: Actor, upload_id: int, purpose: str) -> AssetUpload:
    """One's own file. Raises ``NotFound``."""
    require(actor, Capability.MANAGE_ASSETS)
    found = AssetUpload.objects.filter(pk=upload_id, by=person(actor), purpose=purpose).first()
    if found is None:
        raise NotFound("this file is kept no more", fix="choose it again")
    return found


def content_of(upload: AssetUpload) -> bytes:
    """What was sent."""
    return zlib.decompress(bytes(upload.content))


@action(Capability.RUN_PLAYBOOKS)
def do_drop_uploads(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Files that nobody took in within a day go; how many."""
    del actor
    now = clock.now()
    count, _rows = AssetUpload.objects.filter(at__lt=now - KEPT).delete()
    if not count:
        return Unchanged(0)
    return Done(count, ("asset_upload", "many"), now, {"dropped": count})
