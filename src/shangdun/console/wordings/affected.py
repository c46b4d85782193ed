"""Who is affected, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.models import TimelineKind
from shangdun.respond.affected.columns import Field

FIELD_WORDS: dict[Field, Promise] = {
    Field.EMAIL: gettext_lazy("E-mail address"),
    Field.PHONE: gettext_lazy("Telephone"),
    Field.ACCOUNT: gettext_lazy("Account"),
    Field.ORDER: gettext_lazy("Order"),
    Field.NAME: gettext_lazy("Name"),
    Field.LANGUAGE: gettext_lazy("Language"),
    Field.ASSET: gettext_lazy("Host or service"),
}
ROW_PROBLEMS: dict[str, Promise] = {
    "email": gettext_lazy("this is no e-mail address"),
    "phone": gettext_lazy("this is no telephone number"),
    "broken": gettext_lazy("characters that cannot be read: export the file as UTF-8"),
    "nobody": gettext_lazy("names nobody: its cells are empty, merged or wrong"),
}
ACTIONS: dict[str, Promise] = {
    "add_affected_file": gettext_lazy("uploaded a list of the affected"),
    "read_affected_file": gettext_lazy("had a list of the affected read"),
    "search_affected": gettext_lazy("searched for the affected"),
    "add_affected": gettext_lazy("added affected by hand"),
    "stop_affected_list": gettext_lazy("stopped a list of the affected"),
    "finish_affected_list": gettext_lazy("finished reading a list of the affected"),
    "read_affected": gettext_lazy("read who is affected"),
    "export_affected": gettext_lazy("exported who is affected"),
    "erase_affected": gettext_lazy("erased who is affected"),
}
PROBLEMS: dict[str, Promise] = {
    "affected.title": gettext_lazy("Say what the list is."),
    "affected.kind": gettext_lazy("Choose from the list."),
    "affected.columns": gettext_lazy(
        "No column says who is affected: choose the one with the e-mail address, telephone, "
        "account or order."
    ),
    "affected.twice": gettext_lazy("One column is chosen twice."),
    "affected.search": gettext_lazy(
        "The search cannot be run: check it, and that its time ends after it begins."
    ),
    "affected.nobody": gettext_lazy("Name at least one, and at most 500 by hand."),
    "affected.many": gettext_lazy("An incident has at most 200 lists."),
    "affected.reason": gettext_lazy("Say what the list is needed for."),
    "affected.open": gettext_lazy(
        "The incident is still open: notices and complaints need the list."
    ),
    "affected.empty": gettext_lazy("The file is empty."),
    "affected.xls": gettext_lazy(
        "This is an old .xls or has a password. Save it as .xlsx without one, or as CSV."
    ),
    "affected.quote": gettext_lazy(
        "A quotation mark is not closed, so a cell never ends. Export the file anew as CSV."
    ),
    "affected.line": gettext_lazy("This is no list: a line has more than a million characters."),
    "affected.large": gettext_lazy("The file is too large: a workbook may have 64 MB, a CSV 1 GB."),
    "affected.workbook": gettext_lazy(
        "This workbook cannot be read. Save it as .xlsx or CSV again."
    ),
    "affected.bomb": gettext_lazy(
        "The workbook unpacks to far more than a list needs. Save the sheet alone as CSV."
    ),
    "affected.rows": gettext_lazy("That is more than can be read at once. Take it in parts."),
    "affected.gone": gettext_lazy("The uploaded file is gone. Upload it again."),
    "affected.disk": gettext_lazy("The disk is full: make room, then upload it again."),
}
ICONS: dict[str, str] = {TimelineKind.AFFECTED: "users"}


def _listed(data: Mapping[str, Any]) -> str:
    new = int(data.get("new", 0))
    return ngettext(
        "list “%(title)s” was read: %(new)s affected that was not known",
        "list “%(title)s” was read: %(new)s affected that were not known",
        new,
    ) % {"title": data.get("title", ""), "new": f"{new:,}"}


def _with_count(text: Promise) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: str(text) % {"count": f"{int(data.get('count', 0)):,}"}


def _failed(data: Mapping[str, Any]) -> str:
    return _("list “%(title)s” could not be read") % {"title": data.get("title", "")}


TALES = {
    (TimelineKind.AFFECTED, "list"): _listed,
    (TimelineKind.AFFECTED, "list_failed"): _failed,
    (TimelineKind.AFFECTED, "export"): _with_count(
        gettext_lazy("exported who is affected: %(count)s rows")
    ),
    (TimelineKind.AFFECTED, "erase"): _with_count(
        gettext_lazy("erased who is affected: %(count)s rows; their number stays")
    ),
}
