"""The words of tables of findings: headings of columns, grades, states.

Of OpenVAS/Greenbone, Nessus, Tenable.sc and Tenable.io, Qualys, DefectDojo, Trivy and Grype by
their templates, and of the scanners of China (RSAS, Tianjing, X-Ray and what testers write).
"""

from __future__ import annotations

from shangdun.assess.vulnerabilities.severity import Grade

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "vulnerability", "nvt name", "vulnerability name", "plugin name",
              "vuln title", "vuln name", "definition.name", "summary", "漏洞名称", "漏洞标题",
              "风险名称", "脆弱性名称", "弱点名称", "问题名称", "隐患名称", "名称", "标题",
              "漏洞"),
    "severity": ("severity", "risk", "risk level", "level", "risk factor", "threat level",
                 "风险等级", "危险等级", "漏洞等级", "危害等级", "威胁等级", "风险级别", "漏洞级别",
                 "危险级别", "危害级别", "威胁级别", "危险程度", "严重程度", "严重性", "严重等级",
                 "风险程度", "级别", "等级"),
    "score": ("cvss v4.0 base score", "cvssv4 score", "cvss v3.1 base score", "cvss3.1 base",
              "cvss v3.0 base score", "cvss v3 base score", "cvss3 base score", "cvssv3 score",
              "definition.cvss3.base score", "cvssv3", "cvss3", "score", "cvss", "cvss score",
              "cvss base", "cvss base score", "max severity score", "cvss评分", "cvss分值",
              "cvss分数", "cvss得分", "cvss 评分", "威胁分值", "危险分值", "风险值", "评分"),
    "score_v2": ("cvss v2.0 base score", "cvss v2 base score", "cvssv2",
                 "definition.cvss2.base score"),
    "vector": ("vector", "cvss vector", "cvss v4.0 vector", "cvssv4", "cvss v3.1 vector",
               "cvss v3.0 vector", "cvss v3 vector", "definition.cvss3.base vector",
               "cvssv3 vector", "cvss v2.0 vector", "cvss v2 vector", "cvss向量"),
    "cve": ("cve", "cve id", "cves", "cveid", "cve ids", "cve number",
            "definition.cve", "cve编号", "cve号", "cve 编号", "cve漏洞编号"),
    "rule": ("rule", "rule id", "plugin id", "plugin", "nvt oid", "check id", "qid",
             "definition.id", "vuln id from tool", "template id", "template", "vulnerability id",
             "vulnerabilityid", "漏洞编号", "规则编号", "插件编号", "漏洞id", "插件id",
             "vulnerability"),
    "key": ("finding id", "id", "unique id", "unique id from tool", "issue id", "编号",
            "序号标识", "漏洞标识"),
    "host": ("host", "ip", "asset", "hostname", "target", "ip address", "ip addresses",
             "asset.display ipv4 address", "asset.name", "dns name", "dns", "matched at", "主机",
             "主机ip", "ip地址", "资产", "资产ip", "资产地址", "目标", "目标ip", "目标地址",
             "受影响主机", "受影响资产", "影响主机", "影响资产", "受影响ip", "主机地址",
             "漏洞主机", "扫描目标", "所在主机"),
    "port": ("port", "端口", "端口号", "受影响端口"),
    "place": ("place", "location", "url", "path", "file", "file path", "endpoint", "endpoints",
              "漏洞url", "url地址", "漏洞地址", "位置", "漏洞位置", "路径", "漏洞路径",
              "风险点", "地址"),
    "component": ("component", "component name", "package", "package name", "pkgname", "library",
                  "product", "组件", "组件名称", "软件", "软件包", "影响组件", "受影响组件"),
    "found_version": ("installed version", "installedversion", "installed", "component version",
                      "package version", "version", "当前版本", "版本", "已安装版本", "组件版本"),
    "fixed_version": ("fixed version", "fixedversion", "fixed in", "fix version", "修复版本",
                      "已修复版本", "安全版本"),
    "description": ("description", "details", "synopsis", "summary", "threat",
                    "definition.description", "definition.synopsis", "描述", "漏洞描述",
                    "详细描述", "漏洞简介", "漏洞详情", "漏洞说明", "风险描述", "问题描述",
                    "说明"),
    "impact": ("impact", "vulnerability insight", "漏洞危害", "危害描述", "危害", "影响",
               "风险影响"),
    "solution": ("solution", "steps to remediate", "remediation", "mitigation", "recommendation",
                 "recommendations", "definition.solution", "fix", "修复建议", "解决方案",
                 "解决办法", "解决方法", "整改建议", "加固建议", "处置建议", "处理建议",
                 "修补建议", "安全建议", "修复方案", "修复方法", "修复措施"),
    "evidence": ("plugin output", "specific result", "results", "result", "evidence", "output",
                 "extracted results", "返回信息", "扫描返回信息", "验证信息", "漏洞证据", "证据",
                 "检测结果", "详细结果"),
    "help_url": ("see also", "reference", "references", "more", "primaryurl", "link", "links",
                 "definition.see also", "参考链接", "参考", "参考资料", "相关链接"),
    "state": ("state", "vuln status", "status", "finding status", "漏洞状态", "修复状态",
              "整改状态", "处置状态", "状态"),
    "mended": ("is mitigated", "是否修复", "是否整改", "是否已修复", "是否已整改"),
    "false_positive": ("false positive", "falsepositive", "duplicate", "是否误报", "误报"),
    "known_exploited": ("known exploited", "kev", "exploited", "在野利用", "已被利用"),
    "due": ("due", "due date", "整改期限", "截止日期", "期限", "修复期限", "需要完成时间",
            "整改时限", "要求完成时间"),
}  # fmt: skip
"""By field: the headings it may stand under, best first."""
TOLD = ("impact", "solution", "evidence")
"""Told below the description, each under the heading that the sheet gives it."""
WORDS: dict[Grade, tuple[str, ...]] = {
    Grade.CRITICAL: ("critical", "urgent", "严重", "紧急", "超危", "致命", "危急", "极高", "超高",
                     "特高", "特别严重", "非常高"),
    Grade.HIGH: ("high", "important", "serious", "error", "高", "高危", "重要", "较高"),
    Grade.MEDIUM: ("medium", "moderate", "middle", "warning", "中", "中危", "一般", "中等"),
    Grade.LOW: ("low", "minor", "note", "低", "低危", "轻微", "较低"),
    Grade.NONE: ("none", "info", "information", "informational", "informative", "log",
                 "negligible", "信息", "提示", "无", "安全"),
}  # fmt: skip
UNRATED = {"unknown", "unspecified", "undefined", "未知", "未定级", "未评级"}
"""The tool knows no grade: of a score if there is one, else medium as of a rule without a level."""
OF_QUALYS = {"5": Grade.CRITICAL, "4": Grade.HIGH, "3": Grade.MEDIUM, "2": Grade.LOW,
             "1": Grade.NONE}  # fmt: skip
"""Urgent, critical, serious, medium, minimal: five steps, told in numbers."""
EMPTY = {"-", "--", "—", "——", "/", "n/a", "na", "nan", "null", "nil", "none", "无", "暂无", "空"}
YES = {"yes", "true", "1", "y", "是", "√", "✓"}
NO = {"no", "false", "0", "n", "否", "×"}
FIXED = {"fixed", "closed", "resolved", "remediated", "mitigated", "已修复", "已整改", "已关闭",
         "已解决", "已处置", "已完成", "修复完成", "整改完成", "已闭环", "复测通过",
         "复测已修复"}  # fmt: skip
LEFT_ALONE = {"false positive", "false_positive", "ignored", "accepted", "risk accepted",
              "wont fix", "won't fix", "duplicate", "误报", "已忽略", "忽略", "接受风险",
              "已接受", "风险接受", "不修复"}  # fmt: skip
