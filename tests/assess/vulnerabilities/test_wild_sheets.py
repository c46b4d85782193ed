"""Tables of findings with the columns and habits of real scanners; the rows are invented."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from shangdun.assess.columns import heading_of
from shangdun.assess.vulnerabilities.cvss import base_score
from shangdun.assess.vulnerabilities.found import Found, Report
from shangdun.assess.vulnerabilities.severity import Grade
from shangdun.assess.vulnerabilities.sheet import COLUMNS, enough, read_findings
from shangdun.respond.spreadsheet import Spreadsheet, read_spreadsheet


def opened(content: bytes) -> Spreadsheet:
    return read_spreadsheet(
        content, most_rows=30_000, largest=64 << 20,
        fits=lambda rows: bool(heading_of(rows, COLUMNS, enough)[1]),
    )  # fmt: skip


def report(content: bytes, **more: Any) -> Report:
    sheet = opened(content)
    return read_findings(
        sheet.rows, form=sheet.form, tool="x", formulas=sheet.formulas, merged=sheet.merged,
        name=sheet.name, **more,
    )  # fmt: skip


def table(*rows: dict[str, str], sign: str = ",") -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=sign)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def found(content: bytes) -> list[Found]:
    one = report(content)
    assert one.troubles == ()
    return list(one.sections[0].found)


def test_openvas():
    row = {
        "IP": "192.0.2.7", "Hostname": "db7.shop.example", "Port": "8080", "Port Protocol": "tcp",
        "CVSS": "9.8", "Severity": "High", "QoD": "80", "Solution Type": "VendorFix",
        "NVT Name": "Invented Server < 2.1 Overflow", "Summary": "The host lacks an update.",
        "Specific Result": "Installed: 2.0", "NVT OID": "1.3.6.1.4.1.25623.1.0.999",
        "CVEs": "CVE-2025-1111,CVE-2025-2222", "Result ID": "aa-1", "Impact": "Code is run.",
        "Solution": "Update to 2.1.", "Timestamp": "2025-08-22T16:27:22+02:00",
    }  # fmt: skip
    first = report(table(row))
    [one] = first.sections[0].found
    assert (one.title, one.severity, one.score) == (row["NVT Name"], Grade.HIGH, Decimal("9.8"))
    assert (one.host, one.place) == ("192.0.2.7", "192.0.2.7 8080")  # a port keeps its zeros
    assert (one.cve, one.rule) == ("CVE-2025-1111", row["NVT OID"])
    for said in (row["Summary"], row["Impact"], f"Solution: {row['Solution']}", "CVE-2025-2222"):
        assert said in one.description
    assert set(first.left_out) == {
        "Hostname", "Port Protocol", "QoD", "Solution Type", "Result ID", "Timestamp",
    }  # fmt: skip
    [again] = found(table(row | {"Result ID": "bb-2", "Timestamp": "2025-09-22T16:27:22+02:00"}))
    assert again.identity == one.identity


def test_tenable_sc_and_io_and_was():
    [one] = found(table({
        "Plugin": "42873", "Plugin Name": "Weak Ciphers", "Severity": "High",
        "IP Address": "192.0.2.9", "Protocol": "TCP", "Port": "443", "Plugin Output": "3DES",
        "Synopsis": "Weak.", "Steps to Remediate": "Switch them off.", "Risk Factor": "Medium",
        "CVSS V2 Base Score": "5.0", "CVSS V3 Base Score": "7.5",
        "CVSS V3 Vector": "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "CVE": "CVE-2016-2183",
    }))  # fmt: skip
    assert (one.title, one.rule, one.score) == ("Weak Ciphers", "42873", Decimal("7.5"))
    assert "Switch them off." in one.description
    rows = [
        {"asset.name": "web1", "definition.cve": "", "definition.id": "33851",
         "definition.name": name, "definition.cvss2.base_score": "2.1",
         "definition.cvss3.base_score": "", "definition.solution": "Remove it.", "id": key,
         "port": "0", "severity": "Low", "state": state}
        for name, key, state in (("A", "k1", "ACTIVE"), ("B", "k2", "FIXED"))
    ]  # fmt: skip
    first, second = found(table(*rows, sign=";"))
    assert (first.title, first.score, first.fixed) == ("A", Decimal("2.1"), False)
    assert second.fixed
    [web] = found(table({
        "Plugin ID": "98104", "CVE": "", "CVSS": "7.5", "CVSSv3": "7.1", "Risk": "high",
        "Host": "shop.example", "Protocol": "http", "Port": "", "Name": "XSS",
    }))  # fmt: skip
    assert web.score == Decimal("7.1")  # the newer of two versions


def test_qualys_counts_its_grades():
    row = {"IP": "192.0.2.1", "QID": "86476", "VULN TITLE": "Server stopped", "SEVERITY": "4",
           "PORT": "80", "CVSS_BASE": "6.4 (AV:N/AC:L/Au:N/C:N/I:P/A:P)", "SOLUTION": "Restart.",
           "CVEID": "-", "Vuln Status": "Active"}  # fmt: skip
    [one] = found(table(row))
    assert (one.severity, one.score, one.cve) == (Grade.HIGH, Decimal("6.4"), "")
    other = report(table({k: v for k, v in row.items() if k != "QID"}))
    assert [one.code for one in other.troubles] == ["unknown"]  # of whom 4 is high, nobody knows


def test_defectdojo_says_what_is_none():
    rows = [
        {"Title": f"T{n}", "Url": "https://shop.example/a", "Severity": "Info", "Active": "False",
         "FalsePositive": false, "Duplicate": "False", "CVSSV4": "CVSS:4.0/AV:N/AC:L/AT:N/PR:H",
         "CVSSV4_score": "7.3", "known_exploited": "True", "Mitigation": "Do."}
        for n, false in enumerate(("False", "True"))
    ]  # fmt: skip
    first, second = found(table(*rows))
    assert (first.severity, first.score, first.known_exploited) == (
        Grade.NONE,
        Decimal("7.3"),
        True,
    )
    assert (first.host, first.vector[:8]) == ("shop.example", "CVSS:4.0")
    assert (first.suppressed, second.suppressed) == ("", "false positive")


def test_packages_whose_fix_is_out_are_not_fixed():
    row = {"VulnerabilityID": "CVE-2025-3333", "PkgName": "zlib", "InstalledVersion": "1.2",
           "FixedVersion": "1.3", "Status": "fixed", "Severity": "UNKNOWN"}  # fmt: skip
    [one] = found(table(row))
    assert (one.fixed, one.severity, one.title) == (False, Grade.MEDIUM, "CVE-2025-3333")
    assert (one.component, one.found_version, one.fixed_version) == ("zlib", "1.2", "1.3")
    [moved] = found(table(row | {"InstalledVersion": "1.2.1"}))
    assert moved.identity == one.identity


CHINESE = (
    {"序号": "1", "漏洞名称": "虚构组件远程代码执行漏洞", "风险等级（高/中/低）": "[高]",
     "受影响主机": "192.0.2.11;192.0.2.12", "端口": "8080", "CVE编号": "CVE-2025-4444",
     "CVSS评分": "--", "修复建议": "升级到 2.1。", "返回信息": "2.0", "整改状态": "未整改"},
    {"序号": "2", "漏洞名称": "弱口令", "风险等级（高/中/低）": "中风险",
     "受影响主机": "192.0.2.13", "端口": "-", "CVE编号": "无", "CVSS评分": "",
     "修复建议": "设置强口令。", "返回信息": "", "整改状态": "已整改"},
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8-sig", "utf-8", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_chinese_scanners(encoding: str, sign: str):
    text = f"虚构公司漏洞扫描报告\n\n{table(*CHINESE, sign=sign).decode()}注：以上为虚构数据。\n"
    first, second, third = found(text.encode(encoding))
    assert {one.place for one in (first, second)} == {"192.0.2.11 8080", "192.0.2.12 8080"}
    assert first.identity != second.identity
    assert (first.severity, first.cve, first.score) == (Grade.HIGH, "CVE-2025-4444", None)
    assert first.description == "修复建议: 升级到 2.1。\n\n返回信息: 2.0"
    assert (third.severity, third.cve, third.place) == (Grade.MEDIUM, "", "192.0.2.13")
    assert (first.fixed, third.fixed) == (False, True)


def test_a_cover_and_hidden_sheets_stand_before_the_findings():
    book = openpyxl.Workbook()
    book.active.title = "封面"
    book.active.append(["漏洞扫描报告"])
    hidden = book.create_sheet("字典")
    hidden.sheet_state = "hidden"
    hidden.append(["名称", "级别"])
    sheet = book.create_sheet("漏洞列表")
    sheet.append(["漏洞\n名称", "危险\n等级", "IP"])
    sheet.append(["弱口令", "高危漏洞", "192.0.2.1"])
    sheet.append(["漏洞\n名称", "危险\n等级", "IP"])  # said again on the next page
    sheet.append(["目录遍历", "低危", "192.0.2.2"])
    sheet.append(["合计", None, None])
    file = io.BytesIO()
    book.save(file)
    one = report(file.getvalue())
    assert (one.sheet, one.troubles) == ("漏洞列表", ())
    assert [f.title for f in one.sections[0].found] == ["弱口令", "目录遍历"]


def test_numbers_that_only_count_rows_tell_nothing_apart():
    rows = [{"编号": str(n), "漏洞名称": name, "等级": "高"} for n, name in enumerate("甲乙丙", 1)]
    before = {one.title: one.identity for one in found(table(*rows))}
    rows = [{"编号": str(n), "漏洞名称": name, "等级": "高"} for n, name in enumerate("乙丙", 1)]
    after = {one.title: one.identity for one in found(table(*rows))}
    assert after == {name: before[name] for name in "乙丙"}


def test_a_proof_of_a_megabyte_is_shortened_and_nothing_is_squeezed_out():
    row = {"Name": "X", "Risk": "High", "Host": "h.example", "Description": "d" * 9_000,
           "Solution": "s" * 900, "Plugin Output": "p" * (1 << 20)}  # fmt: skip
    [one] = found(table(row))
    assert len(one.description) <= 5_000
    assert "s" * 900 in one.description
    assert "Plugin Output: pppp" in one.description


@pytest.mark.parametrize(
    ("word", "grade"),
    [
        ("High (7.5)", Grade.HIGH), ("3-高危", Grade.HIGH), ("中等风险", Grade.MEDIUM),
        ("超危", Grade.CRITICAL), ("Low Risk", Grade.LOW), ("信息级", Grade.NONE),
        ("Moderate", Grade.MEDIUM), ("9.1", Grade.CRITICAL), ("not high", None),
        ("高中", None), ("high or low", None), ("", None), ("5", None),
    ],
)  # fmt: skip
def test_words_of_grades(word: str, grade: Grade | None):
    one = report(table({"Title": "X", "Severity": word}))
    if grade is None:
        assert one.trouble_count == 1
    else:
        assert one.sections[0].found[0].severity is grade


def test_a_hostile_grade_and_hosts_without_end_are_said_at_once():
    grade = "级" * 400_000 + "啊"
    hosts = ";".join(f"h{n}.example" for n in range(2_000))
    one = report(table({"Title": "X", "Severity": grade, "Host": hosts}))
    assert [(bad.where, bad.code) for bad in one.troubles] == [
        ("2:severity", "unknown"), ("2:host", "long"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "6.1"),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "10.0"),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:L/A:L/E:P/RL:O", "3.5"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "0.0"),
        ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "7.5"),
        ("CVSS2#AV:N/AC:H/Au:S/C:N/I:P/A:N", "2.1"),
        ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "10.0"),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C", "6.2"),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N", None),
        ("CVSS:3.1/AV:N", None),
        ("high", None),
    ],
)
def test_base_scores_as_the_calculators_of_first_give_them(vector: str, score: str | None):
    assert base_score(vector) == (Decimal(score) if score else None)
    if score:
        [one] = found(table({"Title": "X", "CVSS Vector": vector}))
        assert one.score == Decimal(score)
