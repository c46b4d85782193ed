"""Which rules a hunt runs: those in force, with what somebody is about to change on top."""

from __future__ import annotations

from shangdun.detect.history import alone
from shangdun.detect.rule import RuleSet
from shangdun.detect.rule_document import Document, read_documents
from shangdun.detect.rule_text import RuleText
from shangdun.detect.rules import load_rules
from shangdun.kernel.config import Config
from shangdun.kernel.errors import UsageError

DRAFT = "hunt.yml"


def rules_of(config: Config, uid: str, text: str = "") -> RuleSet:
    """The rule ``uid``, or those that ``text`` holds, with the rules they rest on.

    They run as they would in force: with the filters and lists that are stored, and beside the
    rules of files. Raises ``UsageError`` where nothing can be run, with the reason.
    """
    from shangdun.records.rule_documents import STORED, stored_lists, stored_texts  # noqa: PLC0415  needs records.boot.start

    lists = stored_lists()
    drafts = read_documents(text.encode("utf-8", "replace"), DRAFT, lists)
    uids = [one.uid for one in drafts if isinstance(one, Document)] if text else [uid]
    replaced = {f"{STORED}{one}" for one in uids} if text else set()
    texts = [RuleText(DRAFT, text)] if text else []
    texts += [one for one in stored_texts() if one.path not in replaced]
    every = load_rules(config.detect.rules, builtin=config.detect.builtin, texts=texts, lists=lists)
    ruleset = alone(every, *uids)
    if not ruleset.every():
        told = [*every.errors, *every.skipped]
        said = "; ".join(error.message for error in told if not text or error.path == DRAFT)
        raise UsageError(
            said[:1000] if text and said else f"there is no rule {uid!r}",
            code="hunt.rule",
            fix="check the rule" if text else "give a file, or an id from `shangdun rules list`",
        )
    return ruleset
