"""Rules from archives that anybody may have made."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from shangdun.detect.rule import LoadError
from shangdun.detect.rule_archive import (
    ARCHIVE_BYTES,
    FILE_BYTES,
    MOST_FILES,
    RuleFile,
    read_archive,
    read_rule_files,
)
from shangdun.detect.rule_import import harvest
from shangdun.kernel.errors import UsageError

RULE = """
title: {title}
id: {id}
logsource: {{category: webserver}}
detection:
  selection: {{cs-uri-stem|endswith: .bak}}
  condition: selection
"""
FIRST = "4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f80"
SECOND = "4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f81"


def rule(uid: str = FIRST, title: str = "Backup") -> str:
    return RULE.format(id=uid, title=title)


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return made.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def read(data: bytes, name: str = "rules.zip") -> tuple[list[str], list[str]]:
    found = list(read_archive(data, name))
    return (
        [one.path for one in found if isinstance(one, RuleFile)],
        [f"{one.path}: {one.message}" for one in found if isinstance(one, LoadError)],
    )


def test_rules_are_found_and_the_rest_is_left_alone() -> None:
    data = zipped(
        ("sigma/rules/web/a.yml", rule()),
        ("sigma/rules/web/a.tests.yml", "cases: []"),
        ("sigma/.github/workflows/build.yml", "on: push"),
        ("sigma/README.md", "# Sigma"),
        ("sigma/rules/b.YAML", rule(SECOND)),
    )
    assert read(data) == (["sigma/rules/web/a.yml", "sigma/rules/b.YAML"], [])


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("../../etc/cron.d/a.yml", "leads out"),
        ("/etc/a.yml", "leads out"),
        ("..\\a.yml", "leads out"),
        ("C:/a.yml", "leads out"),
        (link("a.yml"), "a link"),
    ],
)
def test_what_points_elsewhere_is_named_and_not_read(
    entry: str | zipfile.ZipInfo, problem: str
) -> None:
    found, wrong = read(zipped((entry, "/etc/passwd"), ("good.yml", rule())))
    assert found == ["good.yml"]
    assert len(wrong) == 1
    assert problem in wrong[0]


def test_a_bomb_is_read_no_further_than_a_rule_may_be_long() -> None:
    found, wrong = read(zipped(("bomb.yml", b"\0" * (200 << 20)), ("good.yml", rule())))
    assert found == ["good.yml"]
    assert wrong == ["bomb.yml: larger than 1 MiB"]


def test_many_files_that_are_too_much_together_are_refused() -> None:
    names = ((f"{number}.yml", b"#" * FILE_BYTES) for number in range(70))
    with pytest.raises(UsageError, match="64 MiB of rules"):
        read(zipped(*names))


def test_too_many_entries_are_refused_before_they_are_listed() -> None:
    with pytest.raises(UsageError, match=f"more than {MOST_FILES}"):
        read(zipped(*((f"{number}.txt", b"") for number in range(MOST_FILES + 1))))


def test_zip64_that_hides_how_many_entries_there_are_is_refused() -> None:
    data = zipped(("a.txt", b""))
    place = data.rfind(b"PK\5\6")
    start = data.rfind(b"PK\1\2")
    directory = data[start:place] * 30_000
    big = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 30_000, 30_000,
                      len(directory), start)  # fmt: skip
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    with pytest.raises(UsageError, match="Zip64"):
        read(data[:start] + directory + big + locator + data[place:])


def test_damaged_entries_count_as_well() -> None:
    names = [(f"{number}.yml", b"\0" * FILE_BYTES) for number in range(70)]
    data = bytearray(zipped(*names))
    place = 0
    while (place := data.find(b"PK\1\2", place + 1)) >= 0:
        data[place + 16] ^= 1  # the checksum that the directory tells
    with pytest.raises(UsageError, match="64 MiB of rules"):
        read(bytes(data))


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_torn_archive_is_refused(cut: int) -> None:
    with pytest.raises(UsageError):
        read(zipped(("a.yml", rule()))[:-cut])


def test_a_lie_about_the_directory_is_refused() -> None:
    data = bytearray(zipped(("a.yml", rule())))
    end = data.rfind(b"PK\5\6")
    struct.pack_into("<L", data, end + 12, 1 << 20)  # longer than the whole archive
    with pytest.raises(UsageError, match="cannot be read"):
        read(bytes(data))


def test_damaged_and_encrypted_entries_cost_only_themselves() -> None:
    data = bytearray(zipped(("a.yml", rule()), ("good.yml", rule(SECOND))))
    data[45] ^= 0xFF  # inside the first entry
    found, wrong = read(bytes(data))
    assert found == ["good.yml"]
    assert wrong[0].startswith("a.yml: cannot be unpacked")
    secret = zipfile.ZipInfo("secret.yml")
    secret.flag_bits |= 1
    data = bytearray(zipped((secret, rule()), ("good.yml", rule(SECOND))))
    central = data.find(b"PK\1\2")
    data[central + 8] |= 1
    found, wrong = read(bytes(data))
    assert (found, wrong) == (["good.yml"], ["secret.yml: encrypted"])


def test_what_is_no_archive_is_refused_and_one_file_is_taken() -> None:
    with pytest.raises(UsageError, match="neither"):
        read(b"\x7fELF", "rules.zip")
    with pytest.raises(UsageError, match="32 MiB"):
        read(b"P" * (ARCHIVE_BYTES + 1))
    assert read(rule().encode(), "one.yml") == (["one.yml"], [])


def test_names_of_any_bytes_can_be_shown() -> None:
    found, wrong = read(zipped(("a\x00\n\x1b[31m.yml", rule())))
    for name in found + wrong:
        assert name.isprintable()


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yml").write_text(rule(SECOND))
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yml").write_text(rule())
    (folder / "link.yml").symlink_to(outside / "secret.yml")
    (folder / "linked").symlink_to(outside)
    (folder / ".git").mkdir()
    (folder / ".git" / "b.yml").write_text(rule(SECOND))
    found = list(read_rule_files(folder))
    assert [one.path for one in found] == ["a.yml", "link.yml"]
    assert isinstance(found[1], LoadError)


def test_documents_are_named_with_their_lines() -> None:
    text = f"# two rules\n---{rule()}---\n{rule(SECOND, 'Second')}---\ntitle: [\n---\n{rule()}"
    found = harvest(
        [RuleFile("many.yml", text.encode()), RuleFile("latin.yml", b"title: caf\xe9\n")]
    )
    assert [(one.title, one.line) for one in found.documents] == [("Backup", 3), ("Second", 11)]
    assert [(one.path, one.line) for one in found.wrong] == [
        ("many.yml", 19),
        ("many.yml", 21),
        ("latin.yml", 1),
    ]
    assert "the id is that of many.yml:3" in found.wrong[1].message
    lines = text.splitlines()
    assert lines[found.documents[1].line - 1] == "title: Second"


def test_a_correlation_of_rules_that_are_nowhere_is_wrong() -> None:
    counting = """
title: Many
id: 4a2b7d1c-0f43-4a4e-9a0c-0c3d5b6e7f82
correlation:
  type: event_count
  rules: [backup]
  group-by: [src_endpoint.ip]
  timespan: 5m
  condition: {gte: 10}
"""
    files = [RuleFile("many.yml", counting.encode())]
    assert "which is not there" in harvest(files).wrong[0].message
    assert harvest(files, known={"backup"}).documents[0].refers == ("backup",)
