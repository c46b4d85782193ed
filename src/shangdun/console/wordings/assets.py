"""Assets and vulnerabilities, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from shangdun.assess.columns import Flaw

ACTIONS: dict[str, Promise] = {
    "add_asset": gettext_lazy("took an asset into the inventory"),
    "change_asset": gettext_lazy("changed an asset"),
    "archive_asset": gettext_lazy("took an asset out of the inventory"),
    "import_assets": gettext_lazy("took assets in from a sheet"),
    "suggest_assets": gettext_lazy("took in the usual assets of a shop"),
    "note_sightings": gettext_lazy("saw in the logs what is not registered"),
    "register_sightings": gettext_lazy("registered what was seen in the logs"),
    "ignore_sightings": gettext_lazy("ignored what was seen in the logs"),
    "recall_sighting": gettext_lazy("asked again about what was ignored"),
    "keep_upload": gettext_lazy("uploaded a file to look through"),
    "drop_uploads": gettext_lazy("dropped files that nobody took in"),
    "set_due_days": gettext_lazy("changed until when vulnerabilities are to be gone"),
    "import_vulnerabilities": gettext_lazy("took in a report of vulnerabilities"),
    "add_vulnerability": gettext_lazy("wrote down a vulnerability"),
    "assign_vulnerability": gettext_lazy("assigned a vulnerability"),
    "accept_vulnerability": gettext_lazy("accepted a vulnerability"),
    "call_false_positive": gettext_lazy("called a vulnerability a false positive"),
    "reopen_vulnerability": gettext_lazy("reopened a vulnerability"),
    "close_vulnerability": gettext_lazy("closed a vulnerability by hand"),
    "end_decisions": gettext_lazy("reopened vulnerabilities whose decision ran out"),
}
PROBLEMS: dict[str, Promise] = {
    "asset.name": gettext_lazy("An asset needs a name."),
    "asset.long": gettext_lazy("This text is too long."),
    "asset.rating": gettext_lazy("Ratings go from 1 to 5."),
    "asset.mark": gettext_lazy(
        "Not recognised: write hosts as shop.example, 10.0.0.5 or 10.0.0.0/24, "
        "routes as /checkout/*."
    ),
    "asset.mark_taken": gettext_lazy(
        "Another asset has this host, service, route or code already."
    ),
    "asset.marks": gettext_lazy("At most 200 hosts, services, routes and code names."),
    "asset.owner": gettext_lazy("There is no such person: choose an owner."),
    "asset.taken": gettext_lazy("There is an asset of this name in this layer already."),
    "asset.layer": gettext_lazy("It bears others or is borne: take these links away first."),
    "asset.bears": gettext_lazy("An asset bears only what lies in a layer above it."),
    "asset.many": gettext_lazy("The inventory is full: take assets out first."),
    "asset.archived": gettext_lazy("It was taken out of the inventory: add it anew."),
    "asset.vulnerable": gettext_lazy(
        "Vulnerabilities are open in it: close them or move them to another asset first."
    ),
    "asset.due_days": gettext_lazy("Write whole days from 0 to 3650; 0 means no due date."),
    "assets.columns": gettext_lazy(
        "No row names the columns: name, and category or layer, are needed at least."
    ),
    "assets.many": gettext_lazy("The sheet is too long: at most 5,000 assets."),
    "assets.wrong": gettext_lazy("Some rows are wrong: correct them, or take in the others only."),
    "sighting.none": gettext_lazy("Choose what was seen, and an asset for it."),
    "sighting.taken": gettext_lazy("It is registered already."),
    "sighting.reason": gettext_lazy("Say why it is ignored; a few words are enough."),
    "upload.file": gettext_lazy("Choose a file of at most 64 MB."),
    "spreadsheet.file": gettext_lazy("This is neither CSV in UTF-8, UTF-16 or GB 18030 nor XLSX."),
    "spreadsheet.large": gettext_lazy("The file is too large."),
    "spreadsheet.many": gettext_lazy("The sheet has too many rows."),
    "report.large": gettext_lazy("The report is too large: at most 64 MB."),
    "report.encoding": gettext_lazy("The report is not UTF-8: export it again."),
    "report.json": gettext_lazy("The JSON cannot be read: it may be cut off. Export it again."),
    "report.sarif": gettext_lazy("This is no SARIF 2.1.0."),
    "report.empty": gettext_lazy("The report names no scan at all: scan again."),
    "report.foreign": gettext_lazy(
        "This is a format of the tool's own (JSON, XML or HTML): export SARIF, CSV or XLSX from it."
    ),
    "report.many": gettext_lazy("The report is too long: at most 25,000 findings."),
    "report.columns": gettext_lazy(
        "No row names the columns: a title or CVE, and a severity or score, are needed at least."
    ),
    "report.tool": gettext_lazy("Say which tool or team the report is from."),
    "report.scope": gettext_lazy(
        "The report has parts of several tools: leave tool and scope as it says them."
    ),
    "report.troubles": gettext_lazy(
        "Some findings cannot be read: correct them, or take in the others only."
    ),
    "report.older": gettext_lazy(
        "A newer report of this tool was taken in already; this one would undo it. Scan again."
    ),
    "vulnerability.title": gettext_lazy("Say what it is; a few words are enough."),
    "vulnerability.cve": gettext_lazy("Write the CVE as CVE-2026-12345."),
    "vulnerability.reason": gettext_lazy("Say why: who reads it next year must understand it."),
    "vulnerability.tested": gettext_lazy("Say how it was tested that it is gone."),
    "vulnerability.expires": gettext_lazy("Choose a day ahead."),
    "vulnerability.until": gettext_lazy("It is accepted for a time: a day within a year."),
    "vulnerability.own": gettext_lazy(
        "You are to mend it: somebody else of the leadership group decides whether it stays."
    ),
    "vulnerability.two_people": gettext_lazy(
        "Your company asks for two people here: let another than its owner decide, and give it an "
        "owner if it has none."
    ),
    "vulnerability.fixed": gettext_lazy("It is fixed already: nothing is to be decided."),
}
FLAWS: dict[str, Promise] = {
    Flaw.FORMULA: gettext_lazy("a formula: write the value itself"),
    Flaw.MERGED: gettext_lazy("under a merged cell: split the cells, each row says its own"),
    Flaw.MISSING: gettext_lazy("is missing"),
    Flaw.UNKNOWN: gettext_lazy("not one of the choices, or nothing of this name is there"),
    Flaw.NUMBER: gettext_lazy("no such number"),
    Flaw.DATE: gettext_lazy("no day: write it as 2026-03-31"),
    Flaw.LONG: gettext_lazy("too long"),
    Flaw.TWICE: gettext_lazy("stands elsewhere already"),
    "object": gettext_lazy("no object as SARIF has it"),
    "result": gettext_lazy("a result that cannot be read"),
    "rule": gettext_lazy("a rule that cannot be read"),
    "run": gettext_lazy("a run that cannot be read"),
}
_RATING = gettext_lazy("Write 1 to 5, or very low, low, medium, high, very high.")
FIXES: dict[tuple[str, str], Promise] = {
    ("confidentiality", Flaw.NUMBER): _RATING,
    ("integrity", Flaw.NUMBER): _RATING,
    ("availability", Flaw.NUMBER): _RATING,
    ("importance", Flaw.NUMBER): _RATING,
    ("kind", Flaw.UNKNOWN): gettext_lazy(
        "Write business, information system, data, network, software, hardware, people or other."
    ),
    ("layer", Flaw.UNKNOWN): gettext_lazy("Write business, system or component."),
    ("owner", Flaw.UNKNOWN): gettext_lazy(
        "Write the name, the user name or the e-mail address of one account; or leave it empty."
    ),
    ("bears", Flaw.UNKNOWN): gettext_lazy(
        "Write names of assets that are registered or stand in this sheet."
    ),
}
"""What to write instead, by column and flaw, where the flaw alone does not say it."""
FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "kind": pgettext_lazy("asset", "Category"),
    "layer": pgettext_lazy("asset", "Layer"),
    "description": gettext_lazy("Description"),
    "owner": gettext_lazy("Owner"),
    "place": pgettext_lazy("asset", "Place"),
    "supplier": gettext_lazy("Supplier"),
    "confidentiality": gettext_lazy("Confidentiality"),
    "integrity": gettext_lazy("Integrity"),
    "availability": gettext_lazy("Availability"),
    "importance": gettext_lazy("Business importance"),
    "bears": pgettext_lazy("asset", "Bears"),
    "hosts": gettext_lazy("Hosts and addresses"),
    "services": pgettext_lazy("asset", "Services"),
    "names": gettext_lazy("Host names"),
    "outside": gettext_lazy("Public addresses"),
    "routes": gettext_lazy("Routes of the shop"),
    "code": gettext_lazy("Repositories, images"),
    "title": gettext_lazy("Title"),
    "severity": gettext_lazy("Severity"),
    "score": gettext_lazy("CVSS"),
    "score_v2": gettext_lazy("CVSS 2.0"),
    "vector": gettext_lazy("CVSS vector"),
    "impact": gettext_lazy("Impact"),
    "solution": gettext_lazy("How to mend it"),
    "evidence": gettext_lazy("What the tool saw"),
    "state": gettext_lazy("State in the tool"),
    "mended": gettext_lazy("Whether it is mended"),
    "false_positive": gettext_lazy("Whether it is a false alarm"),
    "cve": gettext_lazy("CVE"),
    "rule": gettext_lazy("Rule or plugin"),
    "key": gettext_lazy("Identifier of the finding"),
    "host": gettext_lazy("Host"),
    "port": gettext_lazy("Port"),
    "component": gettext_lazy("Component"),
    "found_version": gettext_lazy("Version found"),
    "fixed_version": gettext_lazy("Fixed in version"),
    "help_url": gettext_lazy("More about it"),
    "known_exploited": gettext_lazy("Known to be exploited"),
    "due": gettext_lazy("Due date"),
}
