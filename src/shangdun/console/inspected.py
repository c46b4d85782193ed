"""What the inspector says of a request, read back from a finding's reason, in the page's language.

A reason is stored as ``detect.decode.inspection`` writes it: codes, what the guard did, values,
sentences. The sentences are the inspector's own and are translated one by one; of known exploits
what each one does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.detect.decode.columns import INSPECTED
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.registry import CHECKS, all_sinks
from shangdun_guard.inspector.sink import Sink

CLASSES: Mapping[str, Promise] = {
    "sql": gettext_lazy("SQL injection"),
    "nosql": gettext_lazy("NoSQL injection"),
    "ldap": gettext_lazy("LDAP or XPath injection"),
    "xss": gettext_lazy("Cross-site scripting"),
    "template": gettext_lazy("Template injection"),
    "expression": gettext_lazy("Expression injection"),
    "xml": gettext_lazy("External entity or include"),
    "shell": gettext_lazy("Command injection"),
    "path": gettext_lazy("Path traversal"),
    "code": gettext_lazy("Code injection"),
    "deserialisation": gettext_lazy("Unsafe deserialisation"),
    "ssrf": gettext_lazy("Server-side request forgery"),
    "header": gettext_lazy("Header injection"),
    "smuggling": gettext_lazy("Request smuggling"),
    "exploit": gettext_lazy("Known exploit"),
    "anomaly": gettext_lazy("Unlike this route's usual requests"),
    "patch": gettext_lazy("Virtual patch"),
}
PLACES: Mapping[str, Promise] = {
    "path": gettext_lazy("path of the address"),
    "query": gettext_lazy("query parameter"),
    "form": gettext_lazy("form field"),
    "json": gettext_lazy("JSON field"),
    "xml": gettext_lazy("XML element"),
    "multipart": gettext_lazy("form field"),
    "file": gettext_lazy("uploaded file"),
    "header": gettext_lazy("request header"),
    "cookie": gettext_lazy("cookie"),
    "referer": gettext_lazy("Referer"),
    "body": gettext_lazy("request body"),
    "method": gettext_lazy("request method"),
    "head": gettext_lazy("request head"),
}
LAYERS: Mapping[str, Promise] = {
    "url": gettext_lazy("URL encoding"),
    "html": gettext_lazy("HTML references"),
    "escape": gettext_lazy("Unicode or hexadecimal escapes"),
    "null": gettext_lazy("null bytes"),
    "overlong": gettext_lazy("overlong UTF-8"),
    "width": gettext_lazy("full-width letters"),
    "utf-7": gettext_lazy("UTF-7"),
    "base64": gettext_lazy("Base64"),
    "hex": gettext_lazy("hexadecimal digits"),
    "json": gettext_lazy("JSON within the value"),
    "gzip": gettext_lazy("gzip"),
    "deflate": gettext_lazy("deflate"),
}
ACTIONS: Mapping[str, Promise] = {
    "observe": gettext_lazy("The guard let it through and watched"),
    "challenge": gettext_lazy("The guard asked for a proof that it is no machine"),
    "throttle": gettext_lazy("The guard slowed it down"),
    "block": gettext_lazy("The guard refused it"),
    "closed": gettext_lazy("The guard refused it, as it could not judge"),
}
_VALUE = re.compile(r"(?P<place>\w+)(?: (?P<name>[^(:]{1,60}))?(?: \((?P<layers>[\w -]+)\))?: ")
_KNOWN = re.compile(r"A known (target|attack): (.+) \(([A-Z][\w. -]+)\)\.")


@dataclass(frozen=True)
class Shown:
    """One value as it was judged."""

    place: str
    name: str
    layers: list[str]
    form: str


@dataclass(frozen=True)
class Inspected:
    """One verdict of the inspector, ready to be read."""

    classes: list[str]
    action: str
    values: list[Shown]
    reasons: list[str]


def inspected_of(reason: Mapping[str, Any]) -> Inspected | None:
    """The words for a reason of the inspector; None for any other, or where values are hidden."""
    value = str(reason.get("value", ""))
    if not str(reason.get("field", "")).startswith(INSPECTED) or not value.startswith("class:"):
        return None
    head, *lines = value.split("\n")
    classes = [word.removeprefix("class:") for word in head.split() if word.startswith("class:")]
    return Inspected(
        classes=[str(CLASSES.get(name, name)) for name in classes],
        action=next((_action(line[2:]) for line in lines if line.startswith("= ")), ""),
        values=[_shown(line) for line in lines if line[:2] not in {"= ", "- "}],
        reasons=[sentence(line[2:]) for line in lines if line.startswith("- ")],
    )


def _action(name: str) -> str:
    return str(ACTIONS.get(name, name))


def _shown(line: str) -> Shown:
    found = _VALUE.match(line)
    if found is None:
        return Shown("", "", [], line)
    layers = [str(LAYERS.get(layer, layer)) for layer in (found["layers"] or "").split()]
    place = str(PLACES.get(found["place"], found["place"]))
    return Shown(place, found["name"] or "", layers, line[found.end() :])


def sentence(text: str) -> str:
    """A sentence of the inspector in the page's language; one that is not known stays."""
    known = _KNOWN.fullmatch(text)
    if known is None:
        return _(text) if text in SENTENCES else text
    what = _(known[2]) if known[2] in SENTENCES else known[2]
    words = {"what": what, "reference": known[3]}
    if known[1] == "target":
        return _("A known target: %(what)s (%(reference)s).") % words
    return _("A known attack: %(what)s (%(reference)s).") % words


def _sources() -> frozenset[str]:
    sources: tuple[Sink | Check, ...] = (*all_sinks(), *CHECKS)
    texts = {text for source in sources for text in source.sentences.values()}
    known = {text: found[2] for text in texts if (found := _KNOWN.fullmatch(text))}
    return frozenset((texts - known.keys()) | set(known.values()))


SENTENCES = _sources()
"""What the inspector may say, as it is translated."""
