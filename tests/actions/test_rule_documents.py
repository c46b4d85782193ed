"""Stored rules: versions without gaps, copies that give way, imports that can be taken back."""

from __future__ import annotations

import pytest

from shangdun.actions.change_rule_list import do_add_to_rule_list, do_remove_from_rule_list
from shangdun.actions.import_rules import (
    do_apply_rule_import,
    do_stage_rule_import,
    do_undo_rule_import,
)
from shangdun.actions.save_rule import (
    do_remove_rule_document,
    do_revert_rule_document,
    do_save_rule_document,
)
from shangdun.detect.rule_archive import RuleFile
from shangdun.detect.rule_import import harvest
from shangdun.detect.rules import load_rules
from shangdun.kernel.errors import Conflict, RuleError, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import DocumentOrigin, LedgerEntry, RuleDocument, User
from shangdun.records.rule_documents import generation, stored_lists, stored_texts

pytestmark = pytest.mark.django_db

UID = "4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f8%d"


def rule(number: int = 0, word: str = ".bak") -> str:
    return f"""\
title: Backup asked for {number}
id: {UID % number}
logsource:
  category: webserver
detection:
  selection:
    cs-uri-stem|endswith: {word}
  condition: selection
"""


def save(actor: User, text: str, **more: object) -> RuleDocument:
    return do_save_rule_document(actor, text=text, reason="seen", **more)


def stage(actor: User, *texts: str, **more: object) -> tuple[int, dict[str, int]]:
    files = [RuleFile(f"web/{number}.yml", text.encode()) for number, text in enumerate(texts)]
    given = {"name": "sigma.zip", "collection": "sigma", "shipped": {}} | more
    row = do_stage_rule_import(actor, harvest(files), **given)
    return row.pk, row.counts


def live() -> dict[str, str]:
    return dict(RuleDocument.objects.filter(live=True).values_list("uid", "text"))


def test_every_save_is_a_version_and_one_can_go_back(administrator: User) -> None:
    save(administrator, rule())
    row = save(administrator, rule(word=".old"))
    assert (row.version, row.text) == (2, rule(word=".old"))
    assert save(administrator, rule(word=".old")).version == 2  # nothing changed
    row = do_revert_rule_document(administrator, uid=row.uid, number=1, reason="better")
    assert (row.version, row.text) == (3, rule())
    assert list(row.versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_each_change_is_another_generation_and_a_refused_one_is_not(administrator: User) -> None:
    seen = {generation()}
    row = save(administrator, rule())
    seen.add(generation())
    do_remove_rule_document(administrator, uid=row.uid, reason="no")
    seen.add(generation())
    do_add_to_rule_list(administrator, list_name="ours", values=["a"], reason="x")
    seen.add(generation())
    assert len(seen) == 4
    with pytest.raises(RuleError):
        save(administrator, "title: [")
    with pytest.raises(UsageError):
        do_save_rule_document(administrator, text=rule(), reason=" ")
    assert generation() in seen


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (rule().replace("condition: selection", "condition: nothing"), 8, "nothing"),
        (rule().replace("  selection:", "  selection"), 7, "YAML"),
        (rule() + "---\n" + rule(1), 10, "several"),
        ("", 1, "nothing is written"),
        (rule().replace("webserver", "webserver\n  category: x"), 5, "twice"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_its_line(
    administrator: User, text: str, line: int, told: str
) -> None:
    with pytest.raises(RuleError, match=told) as refused:
        save(administrator, text)
    assert refused.value.where.rpartition(":")[2] == str(line)
    assert not RuleDocument.objects.exists()


def test_who_saves_over_somebody_is_told(administrator: User) -> None:
    save(administrator, rule())
    save(administrator, rule(word=".old"), uid=UID % 0, version=1)
    with pytest.raises(EditConflict) as conflict:
        save(administrator, rule(word=".tmp"), uid=UID % 0, version=1)
    assert conflict.value.theirs == {"text": rule(word=".old"), "version": 2}
    with pytest.raises(RuleError, match="keeps its id"):
        save(administrator, rule(1), uid=UID % 0, version=2)


def test_a_copy_replaces_the_rule_of_a_file_until_it_is_removed(
    administrator: User, tmp_path: object
) -> None:
    folder = tmp_path / "rules"  # type: ignore[operator]  # pytest gives a path
    folder.mkdir()
    (folder / "one.yml").write_text(rule())

    def level() -> list[str]:
        texts = stored_texts()
        found = load_rules([folder], builtin=False, texts=texts, lists=stored_lists())
        assert not found.errors
        return [one.level for one in found.rules]

    assert level() == [""]
    save(administrator, rule() + "level: low\n", origin=DocumentOrigin.EDITED)
    assert level() == ["low"]
    do_remove_rule_document(administrator, uid=UID % 0, reason="no")
    assert level() == [""]


def test_an_import_says_what_it_changes_and_does_only_that(administrator: User) -> None:
    first, counts = stage(administrator, rule(0), rule(1), rule(2), "title: [")
    assert counts == {"new": 3, "wrong": 1}
    assert live() == {}
    do_apply_rule_import(administrator, import_id=first, reason="release")
    save(administrator, rule(2, ".mine"), origin=DocumentOrigin.EDITED)
    second, counts = stage(administrator, rule(0), rule(2, ".new"), rule(3))
    assert counts == {"same": 1, "kept": 1, "new": 1, "removed": 1}
    do_apply_rule_import(administrator, import_id=second, reason="release")
    assert live() == {UID % 0: rule(0), UID % 2: rule(2, ".mine"), UID % 3: rule(3)}


def test_an_import_is_taken_back_as_a_whole_but_for_what_was_edited_since(
    administrator: User,
) -> None:
    first, _ = stage(administrator, rule(0), rule(1))
    do_apply_rule_import(administrator, import_id=first, reason="release")
    before = live()
    second, counts = stage(administrator, rule(0, ".x"), rule(2), rule(3))
    assert counts == {"changed": 1, "new": 2, "removed": 1}
    do_apply_rule_import(administrator, import_id=second, reason="release")
    save(administrator, rule(3, ".mine"), origin=DocumentOrigin.EDITED)
    do_undo_rule_import(administrator, import_id=second, reason="loud")
    assert live() == before | {UID % 3: rule(3, ".mine")}
    with pytest.raises(Conflict):
        do_undo_rule_import(administrator, import_id=second, reason="again")


def test_deleting_the_copy_of_an_imported_rule_brings_the_imported_one_back(
    administrator: User,
) -> None:
    number, _ = stage(administrator, rule())
    do_apply_rule_import(administrator, import_id=number, reason="release")
    save(administrator, rule(word=".mine"), origin=DocumentOrigin.EDITED)
    row = do_remove_rule_document(administrator, uid=UID % 0, reason="no")
    assert (row.live, row.text, row.origin) == (True, rule(), DocumentOrigin.IMPORTED)
    assert not do_remove_rule_document(administrator, uid=UID % 0, reason="no").live


def test_an_import_names_the_rules_of_files_that_it_replaces(administrator: User) -> None:
    number, _ = stage(administrator, rule(), shipped={UID % 0: "content/rules/web/x.yml"})
    item = RuleDocument.objects.model._meta.apps.get_model("records", "RuleImportItem")
    assert "content/rules/web/x.yml" in item.objects.get(belongs_to=number).message


def test_lists_are_values_without_repetition(administrator: User) -> None:
    values = [" 10.0.0.0/8", "10.0.0.0/8 ", "", "1.2.3.4"]
    do_add_to_rule_list(administrator, list_name="ours", values=values, reason="office")
    assert stored_lists()["ours"] == ["1.2.3.4", "10.0.0.0/8"]
    assert stored_lists()["allowed_crawlers"] == []
    do_remove_from_rule_list(administrator, list_name="ours", value="1.2.3.4", reason="moved")
    assert stored_lists()["ours"] == ["10.0.0.0/8"]
    with pytest.raises(UsageError):
        do_add_to_rule_list(administrator, list_name="not a name", values=["x"], reason="y")


def test_the_reason_stands_in_the_ledger_and_the_text_does_not(administrator: User) -> None:
    save(administrator, rule())
    entry = LedgerEntry.objects.get(action="save_rule_document")
    assert '"reason":"seen"' in entry.payload.replace(" ", "")
    assert "cs-uri-stem" not in entry.payload
