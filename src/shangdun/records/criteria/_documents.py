"""The document that a criterion means: one that was chosen, or by the words of its title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from shangdun.records.criteria import Link, Param, State, Verdict
from shangdun.records.models import Document, DocumentVersion
from shangdun.records.models.documents import ControlledKind
from shangdun.records.roles import Capability

ANY = "any"
KINDS = (
    (ANY, pgettext_lazy("kind of document", "any")),
    *((str(value), label) for value, label in ControlledKind.choices),
)
PARAMS = (
    Param(
        "document", gettext_lazy("The document"), "document", default=0,
        help=gettext_lazy("Its number; 0: the newest that fits the words."),
    ),
    Param("document_kind", gettext_lazy("Kind of document"), "choice", default=ANY, choices=KINDS),
    Param(
        "words", gettext_lazy("Words of its title"), "words", default="",
        help=gettext_lazy("One of them is enough; put | between them."),
    ),
)  # fmt: skip
READS = (Capability.VIEW_DOCUMENTS,)


def words_of(params: Mapping[str, Any]) -> list[str]:
    """The words to look for in titles."""
    return [word.strip() for word in str(params["words"]).split("|") if word.strip()]


def named(params: Mapping[str, Any]) -> str:
    """What is looked for, in words: «a report titled “risk assessment”»."""
    if params["document"]:
        return _("document no. %(n)s") % {"n": params["document"]}
    kind = str(params["document_kind"])
    what = str(dict(KINDS)[kind]) if kind in dict(KINDS) and kind != ANY else ""
    what = what or pgettext("controlled", "document")
    words = _spoken(words_of(params))
    if not words:
        return what
    quoted = pgettext("between alternatives", " or ").join(
        _("“%(word)s”") % {"word": word} for word in words
    )
    return _("%(kind)s with %(words)s in its title") % {"kind": what, "words": quoted}


def _spoken(words: list[str]) -> list[str]:
    """Those of the language that is spoken, where there are any: the others are found as well."""
    english = get_language() == "en"
    return [word for word in words if word.isascii() is english] or words


def candidates(params: Mapping[str, Any]) -> QuerySet[Document]:
    """The documents that may be meant, newest first."""
    documents = Document.objects.order_by("-number")
    if params["document"]:
        return documents.filter(number=params["document"])
    if params["document_kind"] != ANY:
        documents = documents.filter(kind=params["document_kind"])
    words = words_of(params)
    if words:
        wanted = Q()
        for word in words:
            wanted |= Q(title__icontains=word)
        documents = documents.filter(wanted)
    elif params["document_kind"] == ANY:
        return documents.none()  # neither number, kind nor words: nothing is meant
    return documents


def newest(params: Mapping[str, Any], *states: str) -> DocumentVersion | None:
    """The newest version in one of the states, of any document that may be meant."""
    versions = DocumentVersion.objects.filter(
        document__in=candidates(params).values("pk"), state__in=states
    )
    return versions.select_related("document", "reviewer", "approver").order_by("-pk").first()


def missing(params: Mapping[str, Any], wanted: str) -> Verdict:
    """There is no such document, or it is not as far yet."""
    document = candidates(params).first()
    if document is None:
        says = _("There is no %(what)s yet.") % {"what": named(params)}
        link = Link(gettext_lazy("Write it"), "/documents/new/", (Capability.MANAGE_DOCUMENTS,))
        return Verdict(State.UNMET, says, (link,))
    version = document.versions.order_by("-number").first()
    stands = str(version.get_state_display()) if version else "—"
    says = _("“%(title)s” is not %(wanted)s yet: %(state)s.") % {
        "title": document.title, "wanted": wanted, "state": stands,
    }  # fmt: skip
    return Verdict(State.UNMET, says, (link_to(document),))


def link_to(document: Document, version: int | None = None) -> Link:
    """The way to a document."""
    path = f"/documents/{document.number}/"
    path += f"versions/{version}/" if version else ""
    return Link(document.title, path, READS)
