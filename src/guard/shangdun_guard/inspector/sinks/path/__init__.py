"""Path: which file would be opened if the value, or the request's own path, became one? CWE-22, 98.

Climbs are counted as a resolver would; references between pages of one site go up too, so a climb
alone says little until it is deep, leaves the root, or ends at a file nobody should ask for.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.path.climbs import Climb, climbs
from shangdun_guard.inspector.sinks.path.targets import (
    ABSOLUTE,
    ASSET,
    CODE,
    FILE_NAMES,
    INCLUDE_NAMES,
    find_secret,
)

ROOTS = re.compile(
    r"/(?:etc|proc|root|var|usr|home|opt|boot|windows|winnt|inetpub|web-inf|meta-inf|\./)",
    re.IGNORECASE,
)
ENDS = (
    ".ini", ".config", ".htaccess", ".htpasswd", ".env", ".php", ".xml", ".asa", ".cnf", ".inc",
    ".yml", ".conf", ".properties", "id_rsa", "_history", "passwd",
)  # fmt: skip
_WRAPPER = re.compile(
    r"[\"'\s]{0,3}(?:(?P<stream>php://(?:filter|input|stdin|fd|memory|temp|output)|expect://\S|phar://\S"
    r"|(?:zip|rar|ogg|glob|zlib|compress\.\w{3,5}|ssh2\.\w{4,5})://\S|data://"
    r"|data:[\w/;=-]{0,40},\s{0,2}(?:PD9|<\?))|(?P<file>file:/{1,3}\S))",
    re.IGNORECASE,
)
_REMOTE = re.compile(r"(?:https?|ftps?|smb)(?:://|:%2f%2f)[^\s?#]{3,300}", re.IGNORECASE)
_INCLUDED = re.compile(r"\.(?:txt|php\d?|inc|phtml|jsp|aspx?|cgi|dat|log)$", re.IGNORECASE)
_UNC = re.compile(r"\\\\[\w-]{1,63}\.[\w.-]{1,64}(?:@\w{2,5})?\\[\w$.-]{1,64}")
_NULL = re.compile(r"[\x20-\x7e]{0,300}\x00[\x20-\x7e]{0,24}$")
_DOTS = re.compile(
    r"(?<!\.)(?:(?<=/)\.{8}|\.{4,}[/\\]?(?:etc|web-?inf|windows|winnt|boot|proc|inetpub))",
    re.IGNORECASE,
)
_DISGUISED = re.compile(
    r"(?!https?://)(?=.*(?:\.\.|%(?!20)[0-9a-fu]|0x[25]|[\xc0\xc1\ufffd\uff0e\uff0f\u2216]|\.[/\\]+\.))"
    r"[^\s\"'<>(){}=,]{2,400}",
    re.IGNORECASE,
)
"""What stands in front of a secret when the steps up were written so that few would read them."""
_STREAM_DATA = re.compile(r"::\$(?:data|index_allocation)", re.IGNORECASE)


def may(text: str) -> bool:
    """Whether it goes up, names a scheme or drive, or could be an absolute path or a secret."""
    if ".." in text or "\\" in text or ":" in text or "\x00" in text:
        return True
    if text.endswith(ENDS):
        return True
    return "0x2" in text or ("/" in text and ROOTS.search(text) is not None)


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs of files out of reach; a path among sentences counts for less."""
    signs = []
    if ".." in text or "/./" in text or "0x2" in text:
        signs += _climbing(text, slot) or _dotted(text)
    signs += _named(text, slot)
    if not signs:
        return []
    if slot.place not in {"path", "referer"} and _spoken(text):
        signs.append(Sign("path.prose", 0, len(text)))
    return signs


def _spoken(text: str) -> bool:
    return prose.words(text) >= 4 or (len(text) > 200 and prose.lines(text) > 2)


def _alone(text: str, start: int, end: int) -> bool:
    """Whether the path is the value, give or take what the program puts around it."""
    before, after = text[max(0, start - 80) : start].strip("\"'"), text[end : end + 80]
    if any(char in before for char in " \t\n<>(,"):
        return False
    return not prose.words(after) and "\n" not in after.strip()


def _climbing(text: str, slot: Slot) -> list[Sign]:
    found = climbs(text)
    if not found:
        return []
    worst = max(found, key=lambda one: (find_secret(one.target) is not None, one.above))
    codes = _codes_of(worst, slot, alone=_alone(text, worst.start, worst.end))
    return [Sign(f"path.{code}", worst.start, worst.end) for code in codes]


def _dotted(text: str) -> list[Sign]:
    """Runs of dots where slashes were filtered out of a climb."""
    run = _DOTS.search(text)
    return [Sign("path.dots", run.start(), run.end())] if run else []


def _codes_of(climb: Climb, slot: Slot, *, alone: bool) -> list[str]:
    codes = []
    own = slot.place == "path"
    if not alone and not own:
        codes = ["embedded"] if climb.above >= 3 else []
    elif climb.above >= 3:
        codes = ["deep"]
    elif climb.above:
        codes = ["up_two" if climb.above == 2 else "up_one"]
    elif climb.ups:
        codes = ["inside"]
    if own and climb.ups:
        codes.append("own_path")
    if climb.above and climb.rooted and alone:
        codes.append("above_root")
    if climb.parameters:
        codes.append("parameters")
    if (climb.doubled > 1 or (climb.doubled and climb.ups)) and alone:
        codes.append("doubled")
    if climb.stays >= 4 and alone:
        codes.append("dots")
    return codes + _aim_of(climb, slot, codes)


def _aim_of(climb: Climb, slot: Slot, codes: list[str]) -> list[str]:
    """What the climb leads to, where it counts at all."""
    if not codes:
        return []
    if climb.ups + climb.doubled and find_secret(climb.target):
        return ["target"]
    if CODE.search(climb.target):
        return ["source"] if climb.above else []
    if slot.place != "path" and ASSET.search(climb.target) and not climb.doubled:
        return ["asset"]
    return []


def _named(text: str, slot: Slot) -> list[Sign]:
    """Absolute files, wrappers, remote includes, tricks at the end of a name."""
    signs = _absolute(text, slot)
    wrapper = _WRAPPER.match(text) if ":" in text else None
    if wrapper is not None:
        signs.append(Sign(f"path.{wrapper.lastgroup}", wrapper.start(), wrapper.end()))
    elif ":" in text and slot.place != "path" and FILE_NAMES.search(slot.name):
        signs += _remote(text, slot)
    if "\x00" in text and _NULL.match(text):
        code = "path.null" if "/" in text or "." in text else "path.null_alone"
        signs.append(Sign(code, text.index("\x00"), text.index("\x00") + 1))
    if text.startswith("\\\\") and (share := _UNC.match(text)):
        signs.append(Sign("path.unc", 0, share.end()))
    if "::" in text and (stream := _STREAM_DATA.search(text)):
        signs.append(Sign("path.stream_data", stream.start(), stream.end()))
    return signs


def _absolute(text: str, slot: Slot) -> list[Sign]:
    if len(text) > 4096:
        return []
    whole = ABSOLUTE.match(text.lstrip()) if "/" in text or "\\" in text or ":" in text else None
    if whole is not None and not (" " in text.strip() and prose.words(text)):
        secret = find_secret(text)
        if slot.place == "path" and secret is None:
            return []
        codes = ["secret" if secret else str(whole.lastgroup)]
        if not secret and CODE.search(text):
            codes.append("source")
        return [Sign(f"path.{code}", 0, len(text)) for code in codes]
    secret = find_secret(text)
    if secret is None or slot.place in {"path", "referer"}:
        return _hidden(text) if secret and slot.place == "path" else []
    return [_mentioned(text, secret, slot)]


def _mentioned(text: str, secret: re.Match[str], slot: Slot) -> Sign:
    """A secret somewhere in a value: chosen as a file, reached in disguise, or only mentioned."""
    if secret.start() == 0 and FILE_NAMES.search(slot.name):
        return Sign("path.name", 0, secret.end())
    if _DISGUISED.fullmatch(text[: secret.start()]) and len(text) - secret.end() < 24:
        return Sign("path.disguised", 0, secret.end())
    return Sign("path.mention", secret.start(), secret.end())


def _hidden(text: str) -> list[Sign]:
    """Folders of servers that no link leads to, asked for as the request's own path."""
    lowered = text.lower()
    place = max(lowered.find("/web-inf/"), lowered.find("/meta-inf/"))
    return [Sign("path.secret", place, len(text))] if place >= 0 else []


def _remote(text: str, slot: Slot) -> list[Sign]:
    match = _REMOTE.match(text)
    if match is None:
        return []
    rest = text[match.end() :]
    if rest in {"?", "?\x00", "??"}:
        return [Sign("path.remote_cut", 0, len(text))]
    if _INCLUDED.search(match.group()):
        local = INCLUDE_NAMES.search(slot.name)
        return [Sign("path.remote_program" if local else "path.remote", 0, match.end())]
    return []


SINK = Sink(
    name="path",
    weights={
        "path.deep": 4.7,
        "path.up_two": 2.7,
        "path.up_one": 1.3,
        "path.inside": 0.7,
        "path.embedded": 1.0,
        "path.own_path": 2.5,
        "path.above_root": 3.0,
        "path.parameters": 4.5,
        "path.doubled": 4.2,
        "path.dots": 4.2,
        "path.target": 4.5,
        "path.source": 2.0,
        "path.asset": -3.0,
        "path.secret": 6.0,
        "path.system": 4.3,
        "path.program": 4.0,
        "path.shared": 2.5,
        "path.name": 3.5,
        "path.mention": 1.0,
        "path.disguised": 4.7,
        "path.stream": 6.0,
        "path.file": 3.0,
        "path.remote": 3.5,
        "path.remote_program": 4.3,
        "path.remote_cut": 5.0,
        "path.null": 4.5,
        "path.null_alone": 4.2,
        "path.unc": 4.2,
        "path.stream_data": 4.2,
        "path.prose": -4.5,
    },
    sentences={
        "path.deep": "The path climbs three or more folders above where it starts.",
        "path.up_two": "The path climbs two folders above where it starts.",
        "path.up_one": "The path climbs one folder above where it starts.",
        "path.inside": "The path goes up, yet stays below where it starts.",
        "path.embedded": "Inside a text stands a path that climbs far.",
        "path.own_path": "The request's own path goes up, which browsers resolve before they ask.",
        "path.above_root": "The path starts at the root and climbs above it.",
        "path.parameters": "A step up hides behind path parameters, which a proxy does not see.",
        "path.doubled": "Dots are multiplied so that a step up remains after filtering.",
        "path.dots": "The path is padded with steps that lead nowhere.",
        "path.target": "The climb ends at a file of the system or of the server's settings.",
        "path.source": "The path ends at a program or a settings file.",
        "path.asset": "The climb ends at a picture, style or source, as references do.",
        "path.secret": "The value is a file of the system or of the server's settings.",
        "path.system": "The value is an absolute path into the system.",
        "path.program": "The value is a program of the system.",
        "path.shared": "The value is an absolute path of the server.",
        "path.name": "The value names a settings file where a file is chosen.",
        "path.disguised": "A path that no browser writes ends at a file of the system.",
        "path.mention": "A file of the system or of the server's settings is mentioned.",
        "path.stream": "A stream wrapper makes the program read or run something else than a file.",
        "path.file": "The value is a file URL.",
        "path.remote": "A program of another host is given where a file is chosen.",
        "path.remote_program": "A program of another host is given where a local file is included.",
        "path.remote_cut": "Another host's address ends so that what is appended is cut off.",
        "path.null": "A null byte cuts off the rest of the file's name.",
        "path.null_alone": "A null byte cuts off what the program puts behind the value.",
        "path.unc": "The value is a share of another host.",
        "path.stream_data": "A name of the file's data stream evades checks of its extension.",
        "path.prose": "Sentences stand around it.",
    },
    may=may,
    judge=judge,
)
