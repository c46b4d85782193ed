"""From bytes to a playbook and back; what is unknown is kept, what is hostile is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from shangdun.kernel.errors import ParseError
from shangdun.respond.playbook.model import Playbook
from shangdun.respond.playbook.parts import part_problems
from shangdun.respond.playbook.shape import Wrong, shape_problems
from shangdun.respond.playbook.view import view

LONGEST_DOCUMENT = 1_000_000
DEEPEST = 30
MOST_STEPS = 500
LONGEST_TEXT = 20_000


def load(source: bytes | str | Mapping[str, Any]) -> Playbook:
    """The playbook in a CACAO v2.0 document; raises ``ParseError``.

    Codes: ``playbook.json`` (no JSON; ``where`` is line:column), ``playbook.size`` (bounds above),
    ``playbook.shape`` (``where`` is the path of the first wrong part; ``wrong`` gives all).
    """
    document = source if isinstance(source, Mapping) else parse(source)
    for problem in wrong(document):
        raise ParseError(
            problem.message,
            code="playbook.shape",
            where=problem.path,
            fix="see CACAO Security Playbooks v2.0",
        )
    return view(document)


def wrong(document: object) -> Iterator[Wrong]:
    """Everything in a document that is not of CACAO's shape."""
    yield from shape_problems(document)
    if isinstance(document, Mapping):
        yield from part_problems(document)


def dump(playbook: Playbook) -> str:
    """The document as canonical JSON: keys sorted, so that the same playbook is the same text.

    The order of steps means nothing in CACAO; this product keeps it in its extension.
    """
    return json.dumps(playbook.document, ensure_ascii=False, sort_keys=True, indent=1)


def parse(source: bytes | str) -> dict[str, Any]:
    """JSON within bounds: size, depth, no key twice, no NaN, no text a database cannot hold."""
    if len(source) > LONGEST_DOCUMENT:
        raise _too_much("the document is too large", f"at most {LONGEST_DOCUMENT} bytes")
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _no_json(error.msg, f"{error.lineno}:{error.colno}") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise _no_json(str(error), "") from error
    except RecursionError as error:
        raise _too_much("the document is nested too deeply", f"{DEEPEST} levels") from error
    if not isinstance(document, dict):
        raise _no_json("a playbook is an object", "1:1")
    check_bounds(document)
    return document


def check_bounds(document: Mapping[str, Any]) -> None:
    """Raise ``ParseError`` (``playbook.size``) for what no playbook needs."""
    _bound(document, 0)
    workflow = document.get("workflow")
    if isinstance(workflow, Mapping) and len(workflow) > MOST_STEPS:
        raise _too_much("there are too many steps", f"at most {MOST_STEPS}; call other playbooks")


def _bound(value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_much("the document is nested too deeply", f"{DEEPEST} levels")
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise _too_much("a text is too long", f"at most {LONGEST_TEXT} characters")
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise _no_json("a text holds what is no character", "")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _bound(key, depth)
            _bound(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _bound(item, depth + 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice!r} is there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _no_json(message: str, where: str) -> ParseError:
    return ParseError(
        f"this is no CACAO document: {message}",
        code="playbook.json",
        where=where,
        fix="give a playbook as JSON in UTF-8",
    )


def _too_much(message: str, most: str) -> ParseError:
    return ParseError(message, code="playbook.size", fix=most)
