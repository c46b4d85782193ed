"""What went wrong, in the page's language: the errors of actions by their code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.console.wordings import problem_words
from shangdun.kernel.errors import ShangdunError

PROBLEMS: dict[str, Promise] = {
    "incident.move": _("The incident cannot go there from where it stands now."),
    "incident.note": _("Say why, in a sentence."),
    "incident.verdict": _("Say what it was: real, real but harmless, or a false alarm."),
    "incident.closed": _("A closed incident is nobody's work: reopen it first."),
    "incident.merge": _("Only two open incidents become one."),
    "incident.merged": _("It is part of another incident now: work in that one."),
    "finding.withheld": _("A withheld finding is not judged: end its suppression first."),
    "filter.confirmed": _("A confirmed finding would have lost events: this filter is refused."),
    "sale.name": _("A sale needs a name, in Chinese or in English."),
    "sale.time": _("A sale ends after it begins, within 31 days, and is not over already."),
    "sale.scope": _("Name pages (beginning with /) or products, or take the whole shop."),
    "sale.factor": _("Expect 1.5 to 1000 times the usual."),
    "suppression.scope": _(
        "Say what to withhold: a rule, words of the title, or somebody with kind and value."
    ),
    "suppression.network": _("Write a network as 203.0.113.0/24, and not half the world."),
    "suppression.until": _("A suppression ends, within 90 days. For longer, use a filter."),
    "suppression.reason": _("Say why: whoever misses these findings later needs to know."),
    "incident.state": _("There is no such state."),
    "comment.empty": _("Write something first."),
    "comment.long": _("The comment is too long."),
    "report.title": _("Say in one line what happened."),
    "report.type": _("Choose a type."),
    "report.severity": _("Choose how bad it is."),
    "report.time": _("It cannot have begun in the future."),
    "source.name": _(
        "A source needs a plain name: at most 100 characters, no slash, no spaces around it."
    ),
    "search.name": _("Give the search a name."),
    "search.long": _("The search is too long to be kept."),
    "search.many": _("There are enough saved searches: remove one first."),
    "search.busy": _("Too many searches run at once. Try again in a moment."),
    "hunt.rule": _("Choose a rule, or write one."),
    "hunt.time": _("The time ends before it begins."),
    "hunt.busy": _("Too many hunts are waiting. Cancel one of them."),
    "usage.time": _("Write a time as -24h, today or 2026-03-04T10:00."),
    "source.taken": _("There is a source of this name already."),
    "source.way": _("A source is a file, an address to listen on, or pushed over HTTP."),
    "source.folder": _(
        "Files in this folder are not open to the console. Add the folder to web.log_folders in "
        "shangdun.toml, or the source itself."
    ),
    "source.file": _("This is not a file that ShangDun can read."),
    "enforcer.name": _("An enforcer needs a plain name of its own, at most 100 characters."),
    "enforcer.many": _("There are enough enforcers: remove one first."),
    "probe.name": _("A probe needs a plain name of its own, at most 100 characters."),
    "probe.target": _(
        "Write a page as https://shop.example/, a port as shop.example:443, a name as shop.example."
    ),
    "probe.status": _("Write statuses as 200,301-302."),
    "probe.interval": _("Every 5 seconds to once a day."),
    "probe.timeout": _("Half a second to a minute, and no longer than the interval."),
    "probe.retries": _("0 to 10."),
    "probe.record": _("This type is not asked for."),
    "probe.resolver": _("Write the address of a name server: 223.5.5.5."),
    "probe.many": _("There are enough probes: remove one first."),
    "usage.format": _("There is no such format."),
    "rule.reason": _("Say why: whoever asks later what was watched needs to know."),
    "rule.id": _("A rule keeps its id. To make another rule of it, use Write a rule."),
    "rule.documents": _("Write exactly one rule here."),
    "rule.text": _("The text is not Unicode."),
    "trial.busy": _("Too many trials are waiting. Wait for one of them."),
    "list.name": _("A list's name has letters, digits and underscores and begins with a letter."),
    "list.full": _("The list is full. Write networks instead of single addresses."),
    "list.value": _("One of the values is too long. Write one value a line."),
    "list.known": _("Rules of the product name this list: take its entries off instead."),
    "import.collection": _("A collection's name has letters, digits, spaces, dots and dashes."),
    "import.kind": _("This is neither a zip archive nor a YAML file."),
    "import.damaged": _("The archive is damaged. Download it again."),
    "import.large": _("This is more than can be imported at once. Import it in parts."),
    "import.state": _("The import stands elsewhere by now. Look at it again."),
    "decision.protected": _("Never turned away, so this cannot be decided:"),
    "decision.reason": _("Say why: whoever answers the customer's call reads it."),
    "decision.until": _("A decision ends later than now, within a year, or is without end."),
    "decision.rate": _("1 to 100,000 requests a minute."),
    "decision.scope": _("Write a host, the beginning of paths, or both: shop.example/login."),
    "decision.never_block": _("A never-block entry lets it in: take that off the list instead."),
    "decision.which": _("Say whose decisions are meant."),
    "never_block.purpose": _("Choose who that is."),
    "never_block.kind": _("A whole country or network would let every attacker in it in."),
    "never_block.full": _("The list is full. Enter ranges instead of single addresses."),
    "never_block.derived": _("It follows from a list, a setting or the use of this console."),
    "target.value": _("Write whom it is about as its kind is written."),
    "user.name": _("Use letters, digits, dots and dashes, without spaces."),
    "user.taken": _("There is an account of this name already."),
    "user.last_administrator": _(
        "This is the last administrator. Make somebody else administrator first."
    ),
    "not_allowed": _("Your role may not do this."),
    "not_found": _("There is no such record, or you may not see it."),
    "conflict.edit": _("Somebody else changed it in the meantime."),
}


def said(error: ShangdunError) -> Promise | str:
    """The error as a sentence for people; one that nobody translated stays as it is."""
    known = PROBLEMS.get(error.code)
    return problem_words().get(error.code, str(error)) if known is None else known
