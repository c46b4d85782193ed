"""The text of the files, from values that are numbers or have been looked at letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Slot
from shangdun.protect.enforcers.nginx.settings import NginxSettings
from shangdun.protect.enforcers.wire import Prefix, prefix, value_of
from shangdun.protect.target import ON_THE_WIRE, TargetKind

MEASURES = (Measure.ALLOW, Measure.BLOCK, Measure.CHALLENGE, Measure.THROTTLE)
"""The first that applies counts."""
NO_CODE = "-"
REFUSED = "/shangdun-refused"

_SAFE = r"[^\x00-\x20\x7f-\xa0\"'\\${};#`\u2028\u2029\ufeff]+"
_LETTERS = re.compile(f"{_SAFE}(?: {_SAFE})*")
"""Nothing that means anything to nginx inside or outside quotes; single blanks within."""
_CODE = re.compile(r"[0-9A-Z]{1,8}-[0-9A-Z]{1,8}")
_GEO = re.compile(r"(\S+)/(\d+) (\S+);")
_MAP = re.compile(r'"\\\\(.*)" (\S+);')


def names(settings: NginxSettings) -> Iterator[str]:
    """Every file: addresses and ranges of a measure, and one for each kind with a variable."""
    for measure in MEASURES:
        yield f"{measure}.geo"
        yield from (f"{measure}_{kind}.map" for kind in settings.variables)


class Lines:
    """The lines of every file, kept so that a change costs what changed."""

    def __init__(self, settings: NginxSettings) -> None:
        self._lines: dict[str, dict[Slot, str]] = {name: {} for name in names(settings)}
        self.left_out: set[Slot] = set()
        """What cannot be written safely."""

    def put(self, slot: Slot, code: str) -> None:
        """One more line, or another one for this slot."""
        line = _line(slot, code)
        if line:
            self._lines[name_of(slot)][slot] = line
        else:
            self.left_out.add(slot)

    def drop(self, slot: Slot) -> None:
        """No line for this slot."""
        self._lines[name_of(slot)].pop(slot, None)
        self.left_out.discard(slot)

    def text(self, name: str) -> str:
        """A file."""
        lines = self._lines[name].values()
        return "".join(lines if name.endswith(".geo") else _once(lines))

    def names(self) -> list[str]:
        """The names of all files."""
        return list(self._lines)


def _once(lines: Iterable[str]) -> Iterator[str]:
    """To nginx two keys that differ in case are one, and given twice they are an error."""
    seen: set[bytes] = set()
    for line in lines:
        key = line.encode().lower().rpartition(b" ")[0]
        yield f"#{line}" if key in seen else line
        seen.add(key)


def name_of(slot: Slot) -> str:
    """The file in which a slot stands."""
    on_the_wire = slot.kind in ON_THE_WIRE
    return f"{slot.measure}.geo" if on_the_wire else f"{slot.measure}_{slot.kind}.map"


def read(name: str, text: str) -> Iterator[Slot]:
    """The slots of a file as it stands on the disk; what we did not write is passed over."""
    measure, _, rest = name.partition(".")
    measure, _, kind = measure.partition("_")
    if rest == "geo":
        for first, length, _code in _GEO.findall(text):
            version = 6 if ":" in first else 4
            yield Slot(Measure(measure), *value_of(Prefix(version, int(length), first)))
    else:
        for value, _code in _MAP.findall(text):
            yield Slot(Measure(measure), TargetKind(kind), value)


def _line(slot: Slot, code: str) -> str:
    told = code if _CODE.fullmatch(code) else NO_CODE
    if slot.kind in ON_THE_WIRE:
        network = prefix(slot)
        return f"{network.text} {told};\n" if network else ""
    if not _LETTERS.fullmatch(slot.value):
        return ""
    # a backslash before it takes the meaning from a word like `default` and from a leading `~`;
    # inside quotes nginx wants it twice
    return f'"\\\\{slot.value}" {told};\n'


def http_conf(settings: NginxSettings) -> str:
    """What belongs into ``http { … }``: sets ``$shangdun_measure`` and ``$shangdun_appeal``."""
    lines = ["# Written by shangdun enforce; changes here are lost."]
    if settings.variables:
        lines += ["map_hash_bucket_size 1024;", "map_hash_max_size 65536;"]
    for measure in MEASURES:
        lines += _geo(settings, measure)
        kinds = ["address", *settings.variables]
        every = "".join(f"$shangdun_{measure}_{kind}" for kind in kinds)
        lines.append(f'map "{every}" $shangdun_{measure} {{ default 1; "" 0; }}')
    states = "".join(f"$shangdun_{measure}" for measure in MEASURES)
    cases = " ".join(f'"~^{"0" * place}1" {measure};' for place, measure in enumerate(MEASURES))
    pace = f"{settings.requests_a_minute}r/m"
    lines += [
        f'map "{states}" $shangdun_measure {{ default ""; {cases} }}',
        f'map "{_codes(settings)}" $shangdun_appeal {{',
        '    default "";',
        '    "~(?<shangdun_code>[0-9A-Z]+-[0-9A-Z]+)" $shangdun_code;',
        "}",
        'map $shangdun_measure $shangdun_pace { default ""; throttle $binary_remote_addr; }',
        f"limit_req_zone $shangdun_pace zone=shangdun_pace:10m rate={pace};",
        "",
    ]
    return "\n".join(lines)


def server_conf(settings: NginxSettings) -> str:
    """What belongs into ``server { … }``, before anything that answers."""
    contact = f" {settings.contact}" if settings.contact else ""
    refusal = (
        "<!doctype html><meta charset=utf-8><title>403</title>"
        f"<p>访问被拒绝。如有疑问请提供编号 <b>$shangdun_appeal</b>。{contact}</p>"
        "<p lang=en>Access refused. If this is a mistake, tell us the code "
        f"<b>$shangdun_appeal</b>.{contact}</p>"
    )
    turned_away = [Measure.BLOCK]
    if settings.challenge == "block":
        turned_away.append(Measure.CHALLENGE)
    return "\n".join(
        [
            "# Written by shangdun enforce; changes here are lost.",
            *(
                f"if ($shangdun_measure = {measure}) {{ rewrite ^ {REFUSED} last; }}"
                for measure in turned_away
            ),
            f"location = {REFUSED} {{",
            "    internal;",
            '    default_type "text/html; charset=utf-8";',
            "    add_header Cache-Control no-store;",
            f"    return 403 '{refusal}';",
            "}",
            "limit_req zone=shangdun_pace burst=10 nodelay;",
            "",
        ]
    )


def _geo(settings: NginxSettings, measure: Measure) -> Iterator[str]:
    current = f"{settings.folder}/current"
    yield f"geo $shangdun_{measure}_address {{"
    yield '    default "";'
    yield f"    include {current}/{measure}.geo;"
    yield "}"
    for kind, variable in settings.variables.items():
        yield f"map {variable} $shangdun_{measure}_{kind} {{"
        yield '    default "";'
        yield f"    include {current}/{measure}_{kind}.map;"
        yield "}"


def _codes(settings: NginxSettings) -> str:
    kinds: Mapping[str, None] = dict.fromkeys(["address", *settings.variables])
    return "".join(
        f"$shangdun_{measure}_{kind}"
        for measure in (Measure.BLOCK, Measure.CHALLENGE)
        for kind in kinds
    )
