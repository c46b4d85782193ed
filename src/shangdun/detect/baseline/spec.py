"""A baseline as data: the ``baseline`` section of a document, checked and normalised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec

from shangdun.kernel.errors import RuleError

Measure = Literal["count", "sum", "distinct", "ratio", "mix", "linked"]
Against = Literal["own", "season", "peers"]

TIMESPAN = re.compile(r"([1-9][0-9]*)([smhdw])")
UNIT_MILLIS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
FIELD = re.compile(r"(?:(route|path)\(([^()\s]+)\)|([^()\s]+))")
KEYS = frozenset(
    {"measure", "rules", "field", "of", "per", "every", "against", "least", "least-of", "factor"}
    | {"warm-up", "most", "links", "same", "members", "unless", "unless-field"}
    | {"last", "turn", "share"}
)
MOST_ENTITIES = 20_000


class BaselineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured, of whom, and against what; plain data, so that it can be cached."""

    uid: str
    measure: Measure
    rules: tuple[str, ...]
    """The rules whose matches are counted: ``id`` or ``name`` as written, uids once linked."""
    of: tuple[str, ...] = ()
    """ratio: the rules that make up the whole, of which ``rules`` is a part.
    linked: rules whose events link accounts without being counted."""
    unless: tuple[str, ...] = ()
    """Rules that an honest rush brings along (orders, payments, files of a page)."""
    unless_field: str = ""
    """The field of ``unless`` events that names the entity; empty: counted for the whole shop."""
    field: str = ""
    """sum, distinct and mix: the field; linked: what is added up instead of counting members."""
    per: tuple[str, ...] = ()
    """Fields that name the entity, empty: the whole shop; ``route(f)`` and ``path(f)`` shorten."""
    every: int
    """Length of a period in milliseconds."""
    against: tuple[Against, ...] = ("own",)
    least: float
    """Smaller values never raise a finding."""
    least_of: float = 0.0
    """ratio: with a smaller whole nothing is said, and nothing learned about peers."""
    share: float = 0.0
    """ratio and mix: a smaller share is never out of the usual."""
    factor: float = 3.0
    """At least so many times the usual."""
    warm_up: int
    """Milliseconds of events to have seen before anything is said."""
    most: int = MOST_ENTITIES
    """Entities remembered; those unseen for the longest time are given up, and counted."""
    links: dict[str, int] = {}
    """linked: attribute → with more members than this it links nobody (0: no bound)."""
    same: str = ""
    """linked: only events that share this value belong together."""
    members: int = 2
    """linked: smallest group."""
    last: int = 0
    """Only events within the last milliseconds of every ``turn`` are counted."""
    turn: int = 0

    @property
    def references(self) -> tuple[str, ...]:
        """Every rule it reads the matches of."""
        return tuple(dict.fromkeys([*self.rules, *self.of, *self.unless]))

    @property
    def fields(self) -> frozenset[str]:
        """Every event field it reads, before any mapping to columns."""
        named = (*self.per, self.field, self.same, self.unless_field, *self.links)
        return frozenset(source_of(name) for name in named if name)


def source_of(field: str) -> str:
    """The event field behind a field as written: ``route(http_request.url.path)`` reads that."""
    found = FIELD.fullmatch(field)
    return (found[2] or found[3]) if found else field


def read_baseline(document: Mapping[str, Any], *, uid: str) -> BaselineSpec:
    """Read a YAML document that has a ``baseline`` section; raises ``RuleError``."""
    section = document.get("baseline")
    if not isinstance(section, Mapping):
        raise _error("the baseline section is not a map")
    unknown = {str(key) for key in section} - KEYS
    if unknown:
        raise _error(f"unknown: {', '.join(sorted(unknown))}")
    spec = BaselineSpec(
        uid=uid,
        measure=_choice(section.get("measure"), get_args(Measure), "measure"),
        rules=_names(section, "rules"),
        of=_names(section, "of"),
        unless=_names(section, "unless"),
        unless_field=_field(section, "unless-field"),
        field=_field(section, "field"),
        per=tuple(_checked(name) for name in _names(section, "per")),
        every=_span(section, "every"),
        against=tuple(
            _choice(one, get_args(Against), "against") for one in _names(section, "against")
        ),
        least=_number(section, "least", None),
        least_of=_number(section, "least-of", 0.0),
        share=_number(section, "share", 0.2 if section.get("measure") == "mix" else 0.0),
        factor=_number(section, "factor", 3.0),
        warm_up=_span(section, "warm-up"),
        most=int(_number(section, "most", MOST_ENTITIES)),
        links=_links(section.get("links")),
        same=_field(section, "same"),
        members=int(_number(section, "members", 2)),
        last=_span(section, "last", optional=True),
        turn=_span(section, "turn", optional=True),
    )
    _check(spec)
    return spec


def _check(spec: BaselineSpec) -> None:
    wants_field = spec.measure in {"sum", "distinct", "mix"}
    wrong = [
        (not spec.rules, "it refers to no rules"),
        (not spec.against, "against: name own, season or peers"),
        (wants_field and not spec.field, f"{spec.measure} needs a field"),
        (spec.measure == "ratio" and not spec.of, "ratio needs `of`: the rules of the whole"),
        (spec.measure not in {"ratio", "linked"} and bool(spec.of), "`of`: only ratio, linked"),
        (spec.measure == "linked" and not spec.links, "linked needs `links`"),
        (spec.measure == "linked" and len(spec.per) != 1, "linked needs one field in `per`"),
        (spec.measure == "linked" and spec.against != ("peers",), "linked knows only peers"),
        (spec.measure == "mix" and bool(spec.per), "mix is of the whole shop: leave out `per`"),
        (spec.measure == "mix" and spec.against != ("own",), "mix knows only its own history"),
        (not spec.per and "peers" in spec.against, "the whole shop has no peers"),
        (bool(spec.last) != bool(spec.turn), "`last` and `turn` belong together"),
        (spec.last > spec.turn, "`last` is longer than `turn`"),
        (spec.share > 1, "share is above 1"),
        (spec.factor < 1, "factor is below 1"),
        (spec.least < 1, "least is below 1"),
        (not 100 <= spec.most <= 1_000_000, "most is not between 100 and 1000000"),
    ]
    for holds, message in wrong:
        if holds:
            raise _error(message)


def _names(section: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = section.get(key)
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence) and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    raise _error(f"{key} is neither a name nor a list of names")


def _field(section: Mapping[str, Any], key: str) -> str:
    names = _names(section, key)
    if len(names) > 1:
        raise _error(f"{key} is more than one field")
    return _checked(names[0]) if names else ""


def _checked(field: str) -> str:
    if not FIELD.fullmatch(field):
        raise _error(f"{field!r} is no field, nor route(field) or path(field)")
    return field


def _choice(value: object, known: Sequence[str], key: str) -> Any:  # noqa: ANN401  one of a Literal
    if value not in known:
        raise _error(f"{key}: {value!r} is none of {', '.join(known)}")
    return value


def _span(section: Mapping[str, Any], key: str, *, optional: bool = False) -> int:
    value = section.get(key)
    if value is None and optional:
        return 0
    found = TIMESPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _error(f"{key}: {value!r} is no time; write it like 30s, 5m, 12h or 7d")
    return int(found[1]) * UNIT_MILLIS[found[2]]


def _number(section: Mapping[str, Any], key: str, default: float | None) -> float:
    value = section.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        raise _error(f"{key}: {value!r} is no number")
    return float(value)


def _links(value: object) -> dict[str, int]:
    try:
        links = msgspec.convert(value or {}, dict[str, int])
    except msgspec.ValidationError as error:
        raise _error(f"links: {error}") from error
    return {_checked(name): bound for name, bound in links.items()}


def _error(message: str) -> RuleError:
    return RuleError(f"baseline: {message}", code="rule.baseline", fix="see docs/baselines.md")
