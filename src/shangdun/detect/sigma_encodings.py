"""The encodings of Sigma 2.1 that pySigma does not know or takes for ASCII only.

The specification names ``utf16le`` (with ``wide`` as its alias), ``utf16be`` and ``utf16``. pySigma
2.0 has no ``utf16le``, and refuses text beyond ASCII for the others, though it is most of what
``base64`` is put behind them for. What is registered here are upstream's own types, told by
upstream's own table, so that chains such as ``utf16le|base64offset|contains`` stay its work.

Source: Sigma modifiers appendix 2.1.0, encoding.
"""

from __future__ import annotations

from typing import ClassVar

from sigma import exceptions as se
from sigma import modifiers as sm
from sigma.types import Placeholder, SigmaCIDRExpression, SigmaString, SigmaType


class EncodedString(SigmaString):
    """Text in UTF-16: as bytes for ``base64``, and as pySigma writes it, for plain comparison."""

    data: bytes = b""

    def __bytes__(self) -> bytes:
        return self.data


class _Utf16Modifier(sm.SigmaValueModifier[SigmaString, SigmaString]):
    codec: ClassVar[str]
    mark: ClassVar[bytes] = b""

    def modify(self, val: SigmaString) -> SigmaString:
        if val.contains_placeholder():
            raise se.SigmaValueError("a placeholder cannot be encoded", source=self.source)
        encoded = EncodedString()
        encoded.original = val.original
        # a byte is a character of the same number, which for ASCII is what pySigma does
        encoded.s = [
            part.encode(self.codec).decode("latin-1") if isinstance(part, str) else part
            for part in val.s
        ]
        if self.mark:
            encoded.s.insert(0, "\ufeff")
        literal = "".join(part for part in val.s if isinstance(part, str))
        encoded.data = self.mark + literal.encode(self.codec)
        return encoded


class Utf16leModifier(_Utf16Modifier):
    """``utf16le`` and ``wide``: two bytes a character, the lower first."""

    codec = "utf-16-le"


class Utf16beModifier(_Utf16Modifier):
    """``utf16be``: the higher byte first."""

    codec = "utf-16-be"


class Utf16Modifier(_Utf16Modifier):
    """``utf16``: as ``utf16le``, behind a byte order mark."""

    codec = "utf-16-le"
    mark = b"\xff\xfe"


class NetworkList(SigmaType):
    """Networks that stand in a list of the user: ``cidr`` behind ``expand``."""

    def __init__(self, name: str) -> None:
        self.name = name


class CidrModifier(sm.SigmaValueModifier[SigmaString, SigmaType]):
    """``cidr``, which upstream refuses behind ``expand``."""

    def modify(self, val: SigmaString) -> SigmaType:
        if set(self.applied_modifiers) - {sm.SigmaExpandModifier}:
            raise se.SigmaValueError(
                "CIDR expression modifier only applicable to unmodified values", source=self.source
            )
        if not val.contains_placeholder():
            return SigmaCIDRExpression(str(val), source=self.source)
        if len(val.s) == 1 and isinstance(val.s[0], Placeholder):
            return NetworkList(val.s[0].name)
        raise se.SigmaValueError(
            "a network is a placeholder as a whole or not at all", source=self.source
        )


def register() -> None:
    """Tell pySigma; doing it again changes nothing."""
    sm.modifier_mapping.update(
        {
            "utf16le": Utf16leModifier,
            "wide": Utf16leModifier,
            "utf16be": Utf16beModifier,
            "utf16": Utf16Modifier,
            "cidr": CidrModifier,
        }
    )
    names = {kind.__name__: name for name, kind in sm.modifier_mapping.items() if name != "wide"}
    sm.reverse_modifier_mapping.update(names)
