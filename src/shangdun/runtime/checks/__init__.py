"""Automatic checks of protective measures: a check is one folder, found by being there.

``<name>/__init__.py`` has ``check(asked) -> Seen``; ``<name>/text.yml`` has its words in Chinese
and English: ``title``, ``says`` (sentence by name), ``facts`` (label by name) and ``fix`` (by the
name of the sentence). ``{name}`` in a text is replaced by that value and nothing else is evaluated.
A check that breaks is itself a result that says so: it can never hide.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any, cast

import yaml

from shangdun.govern.controls.found import Fact, Found, Words
from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.errors import NotFound
from shangdun.runtime.checks.asked import Asked, Seen

__all__ = ["Asked", "Seen", "check_names", "run", "words_of"]

log = logging.getLogger(__name__)

_NOT_CHECKS = {"asked", "outside"}
BROKEN: Words = {
    "zh": "检查本身未能完成：{error}",
    "en": "The check itself could not be finished: {error}",
}
MEND: Words = {
    "zh": "按提示处理后点“立即检查”；反复出现请查看任务进程的日志。",
    "en": "Mend that and check again; if it comes back, see the log of the jobs process.",
}


@cache
def check_names() -> tuple[str, ...]:
    """The checks that are there, by name."""
    names = (m.name for m in iter_modules(__path__) if m.ispkg and m.name not in _NOT_CHECKS)
    return tuple(sorted(names))


@cache
def words_of(name: str) -> Mapping[str, Any]:
    """A check's texts, as its folder has them."""
    if name not in check_names():
        raise NotFound(f"there is no check {name}", fix=", ".join(check_names()))
    text = (files(__name__) / name / "text.yml").read_text("utf-8")
    return cast("Mapping[str, Any]", yaml.safe_load(text))


def run(name: str, asked: Asked) -> Found:
    """Make a check; whatever goes wrong in it is its result (``unknown``, with the error)."""
    words = words_of(name)
    module = importlib.import_module(f"{__name__}.{name}")
    try:
        seen = cast("Callable[[Asked], Seen]", module.check)(asked)
        return _told(seen, words)
    except Exception as error:  # whatever it is, it is what the check found
        log.warning("check %s could not be finished", name, exc_info=True)
        said = str(error) or type(error).__name__
        return Found(
            state=CheckState.UNKNOWN, says=_filled(BROKEN, {"error": said[:300]}), fix=MEND
        )


def _told(seen: Seen, words: Mapping[str, Any]) -> Found:
    fix = {} if seen.state is CheckState.PASS else words["fix"].get(seen.says, {})
    return Found(
        state=seen.state,
        says=_filled(words["says"][seen.says], seen.values),
        fix=_filled(fix, seen.values),
        facts=tuple(
            Fact(
                name=_filled(words["facts"][fact.name], fact.about),
                value=fact.value,
                path=fact.path,
            )
            for fact in seen.facts
        ),
    )


def _filled(words: Mapping[str, str], values: Mapping[str, object]) -> Words:
    found = {}
    for language, text in words.items():
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))  # noqa: PLW2901 - filled one by one
        found[language] = text
    return found
