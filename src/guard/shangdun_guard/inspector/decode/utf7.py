"""UTF-7 (RFC 2152): markup in letters and a plus sign, for readers that guess the charset."""

from __future__ import annotations

import binascii
import re

# ASCII in UTF-16 starts with nine zero bits: an A, then one of A to H.
UTF7 = re.compile(r"\+A[A-H][A-Za-z0-9+/]")
_RUN = re.compile(r"\+(A[A-H][A-Za-z0-9/]{1,1022})-?")


def from_utf7(text: str) -> str:
    """Shifted runs become their characters; other plus signs stay."""
    return _RUN.sub(_characters, text)


def _characters(match: re.Match[str]) -> str:
    run = match[1]
    if len(run) % 4 == 1:
        return match[0]
    data = binascii.a2b_base64(run + "=" * (-len(run) % 4))
    return data[: len(data) // 2 * 2].decode("utf-16-be", "replace")
