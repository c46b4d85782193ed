"""How attackers hide a payload from those who look for words."""

from __future__ import annotations

import random
import re
from html import escape

_BLANKS = ("/**/", "\t", "\n", "%0b", "/*x*/", "+", "\r\n", "/*!50000*/", "  ", "\f")
_KEYWORDS = re.compile(r"(?i)\b(select|union|from|where|and|or|order|by|all|sleep|concat)\b")


def swapped_case(rng: random.Random, text: str) -> str:
    return "".join(c.upper() if rng.random() < 0.5 else c.lower() for c in text)


def sql(rng: random.Random, text: str) -> str:
    way = rng.randrange(5)
    if way == 0:
        return swapped_case(rng, text)
    if way == 1:
        return text.replace(" ", rng.choice(_BLANKS[:3] + _BLANKS[4:5]))
    if way == 2:
        return _KEYWORDS.sub(lambda m: f"/*!{rng.choice(('', '50000'))}{m[0]}*/", text)
    if way == 3:
        return swapped_case(rng, text).replace(" ", rng.choice(("/**/", "\n", "/*x*/")))
    return text.replace("'", "’" if rng.random() < 0.2 else "'").replace(
        " ", "%0a" if rng.random() < 0.3 else "\t"
    )


def markup(rng: random.Random, text: str) -> str:
    way = rng.randrange(5)
    if way == 0:
        return swapped_case(rng, text) if "script" not in text.rsplit(">", maxsplit=1)[-1] else text
    if way == 1:
        return text.replace(" ", rng.choice(("/", "\t", "\n", "\x0c")), 1)
    if way == 2:
        return "".join(f"&#{ord(c)};" if c in ":(" else c for c in text)
    if way == 3:
        return "".join(f"\\u{ord(c):04x}" if c in "<>\"'" else c for c in text)
    return escape(text, quote=False) if rng.random() < 0.2 else '"' + text


def shell(rng: random.Random, text: str) -> str:
    way = rng.randrange(4)
    if way == 0:
        return text.replace(" ", "${IFS}")
    if way == 1:
        return text.replace("cat", "c''at").replace("id", 'i""d').replace("wget", "w\\get")
    if way == 2:
        return text.replace("/etc/passwd", "/e?c/p?ss*").replace(" ", "$IFS$9")
    return text.replace("bin", "b'i'n").replace("cat", "ca$@t")


def path(rng: random.Random, text: str) -> str:
    way = rng.randrange(6)
    dots, slash = (
        ("%2e%2e", "%2f"),
        ("..", "%5c"),
        ("%252e%252e", "%252f"),
        ("..", "%c0%af"),
        ("....", "//"),
        ("..;", "/"),
    )[way]
    return text.replace("../", dots + slash)


def jndi(rng: random.Random, text: str) -> str:
    way = rng.randrange(4)
    if way == 0:
        return text.replace("jndi", "${lower:j}${lower:n}${lower:d}i")
    if way == 1:
        return text.replace("jndi", "${::-j}${::-n}${::-d}${::-i}")
    if way == 2:
        return text.replace("jndi", "${env:X:-j}ndi${env:X:-:}", 1).replace(":}:", ":}", 1)
    return text.replace("jndi", "j${upper:n}di").replace("ldap", "${lower:l}dap")
