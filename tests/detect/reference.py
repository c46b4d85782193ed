"""The specification as plain Python: one rule document, one event, slow and obvious.

It shares no code with the engine: its own reading of conditions, modifiers, wildcards and case.
"""

from __future__ import annotations

import base64
import fnmatch
import ipaddress
import itertools
import re
from typing import Any

LISTS = {"words": ["foo", "b*", "1"], "nets": ["10.0.0.0/24", "::/64"], "none": []}
"""What placeholders stand for."""

DASHES = ("-", "/", "–", "—", "―")


def matches(document: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether the rule's condition (or any, of several) holds in the event."""
    detection = document["detection"]
    conditions = detection["condition"]
    if isinstance(conditions, str):
        conditions = [conditions]
    selections = {name: value for name, value in detection.items() if name != "condition"}
    return any(_Condition(text, selections, event).value() for text in conditions)


class _Condition:
    """Recursive descent: or < and < not < (…) | 1 of x* | all of them | name."""

    def __init__(self, text: str, selections: dict[str, Any], event: dict[str, Any]) -> None:
        self.tokens = re.findall(r"[()]|[^\s()]+", text)
        self.selections = selections
        self.event = event

    def value(self) -> bool:
        result = self._or()
        assert not self.tokens, self.tokens
        return result

    def _take(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False

    def _or(self) -> bool:
        result = self._and()
        while self._take("or"):
            result = self._and() or result
        return result

    def _and(self) -> bool:
        result = self._not()
        while self._take("and"):
            result = self._not() and result
        return result

    def _not(self) -> bool:
        if self._take("not"):
            return not self._not()
        if self._take("("):
            result = self._or()
            assert self._take(")")
            return result
        word = self.tokens.pop(0)
        if word in {"1", "any", "all"} and self._take("of"):
            pattern = self.tokens.pop(0)
            pattern = "*" if pattern == "them" else pattern
            names = [n for n in self.selections if fnmatch.fnmatchcase(n, pattern)]
            names = [n for n in names if pattern.startswith("_") or not n.startswith("_")]
            held = [selection(self.selections[name], self.event) for name in names]
            return all(held) if word == "all" else any(held)
        return selection(self.selections[word], self.event)


def selection(definition: Any, event: dict[str, Any]) -> bool:
    if isinstance(definition, dict):
        return all(item(key, value, event) for key, value in definition.items())
    if isinstance(definition, list) and any(isinstance(one, (dict, list)) for one in definition):
        return any(selection(one, event) for one in definition)
    return item("", definition, event)


def item(key: str, value: Any, event: dict[str, Any]) -> bool:
    field, *modifiers = key.split("|")
    wanted = value if isinstance(value, list) else [value]
    if "expand" in modifiers:
        wanted = [one for want in wanted for one in expanded(want, regex="re" in modifiers)]
    if field:
        found = event.get(field)
        values = found if isinstance(found, list) else [found]
        values = [one for one in values if one is not None]
    else:
        values = [
            text
            for one in event.values()
            for text in (one if isinstance(one, list) else [one])
            if isinstance(text, str)
        ]
    held = [one_value(want, values, modifiers, event, keyword=not field) for want in wanted]
    answer = all(held) if "all" in modifiers else any(held)
    return not answer if "neq" in modifiers else answer


def expanded(want: str, *, regex: bool) -> list[str]:
    name = re.search("%(.*?)%", want)
    if not name:
        return [want]
    entries = LISTS[name[1]]
    return [want.replace(name[0], re.escape(one) if regex else one) for one in entries]


def one_value(
    want: Any, values: list[Any], modifiers: list[str], event: dict[str, Any], *, keyword: bool
) -> bool:
    order = next((name for name in ("lt", "lte", "gt", "gte") if name in modifiers), "")
    if order:
        return any(compares(order, value, want) for value in values)
    if "exists" in modifiers:
        return bool(values) is want
    if "cidr" in modifiers:
        return any(in_network(as_text(value), want) for value in values)
    if "fieldref" in modifiers:
        return refers(values, event.get(want), modifiers)
    if "re" in modifiers:
        flags = sum(getattr(re, one.upper()) for one in modifiers if one in {"i", "m", "s"})
        return any(re.search(want, as_text(value), flags) for value in values)
    if want is None:
        return not values
    return equals(want, values, modifiers, keyword=keyword)


def refers(values: list[Any], other: Any, modifiers: list[str]) -> bool:
    others = [one for one in (other if isinstance(other, list) else [other]) if one is not None]
    texts = [as_text(one).lower() for one in others]
    return any(
        placed(as_text(value).lower(), text, modifiers) for value in values for text in texts
    )


def equals(want: Any, values: list[Any], modifiers: list[str], *, keyword: bool) -> bool:
    if isinstance(want, str):
        return any(
            text_matches(pattern, as_text(value), modifiers, keyword=keyword)
            for pattern in encodings(want, modifiers)
            for value in values
        )
    if keyword:
        return any(as_text(want).lower() in value.lower() for value in values)
    if isinstance(want, bool):
        return any(as_text(value).lower() == as_text(want) for value in values)
    return any(as_text(value) == as_text(want) for value in values)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def compares(name: str, value: Any, bound: float) -> bool:
    try:
        number = float(as_text(value))
    except ValueError:
        return False
    return {
        "lt": number < bound,
        "lte": number <= bound,
        "gt": number > bound,
        "gte": number >= bound,
    }[name]


def in_network(text: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network)
    except ValueError:
        return False


def placed(value: str, wanted: str, modifiers: list[str]) -> bool:
    if "contains" in modifiers:
        return wanted in value
    if "startswith" in modifiers:
        return value.startswith(wanted)
    return value.endswith(wanted) if "endswith" in modifiers else value == wanted


def encodings(want: str, modifiers: list[str]) -> list[str]:
    """The texts that a value stands for; what modifiers make has no wildcards any more."""
    if "windash" in modifiers:
        pieces = re.split(r"(\B[-/]\b)", want)
        choices = [DASHES if re.fullmatch(r"[-/]", piece) else (piece,) for piece in pieces]
        return ["".join(choice) for choice in itertools.product(*choices)]
    data = in_utf16(want, modifiers)
    if "base64offset" in modifiers:
        starts, ends = (0, 2, 3), (None, -3, -2)
        return [
            base64.b64encode(b" " * i + data).decode()[starts[i] : ends[(len(data) + i) % 3]]
            for i in range(3)
        ]
    if "base64" in modifiers:
        return [base64.b64encode(data).decode()]
    encoded = {"wide", "utf16le", "utf16be"} & set(modifiers)
    return [data.decode("latin-1") if encoded else want]


def in_utf16(want: str, modifiers: list[str]) -> bytes:
    if "utf16" in modifiers:
        return b"\xff\xfe" + want.encode("utf-16le")
    if "utf16be" in modifiers:
        return want.encode("utf-16be")
    return want.encode("utf-16le" if {"wide", "utf16le"} & set(modifiers) else "utf-8")


def text_matches(pattern: str, value: str, modifiers: list[str], *, keyword: bool) -> bool:
    expression = wildcard_expression(pattern)
    if "contains" in modifiers or keyword:
        expression = f".*{expression}.*"
    elif "startswith" in modifiers:
        expression = f"{expression}.*"
    elif "endswith" in modifiers:
        expression = f".*{expression}"
    if "cased" not in modifiers:
        expression, value = lower(expression), lower(value)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def lower(text: str) -> str:
    """Lower case letter by letter; no letter beyond ASCII becomes an ASCII one."""
    return "".join(
        one.lower()
        if len(one.lower()) == 1 and (one.isascii() or not one.lower().isascii())
        else one
        for one in text
    )


def wildcard_expression(pattern: str) -> str:
    out, letters = [], iter(range(len(pattern)))
    for at in letters:
        letter, after = pattern[at], pattern[at + 1 : at + 2]
        if letter == "\\" and after and after in "*?\\":
            out.append(re.escape(after))
            next(letters)
        else:
            out.append({"*": ".*", "?": "."}.get(letter, re.escape(letter)))
    return "".join(out)
