"""What an honest browser does with a challenge: the work, once, and on with what it wanted."""

from __future__ import annotations

import hashlib
import itertools
import re
from html import unescape
from urllib.parse import urlencode

_FIELD = re.compile(rb'name="(challenge|next)" value="([^"]*)"')
_FORM = re.compile(rb'id="answer" method="post" action="([^"]+)" data-bits="(\d+)"')


def answer(page: bytes) -> tuple[str, str] | None:
    """Where to post what, if a page is a challenge of the guard's."""
    form = _FORM.search(page)
    if form is None:
        return None
    fields = {name.decode(): unescape(value.decode()) for name, value in _FIELD.findall(page)}
    head, bits = f"{fields['challenge']}:", int(form[2])
    for number in itertools.count():
        digest = hashlib.sha256(f"{head}{number}".encode()).digest()
        if int.from_bytes(digest[:8], "big") >> (64 - bits) == 0:
            return form[1].decode(), urlencode({**fields, "answer": number})
    return None
