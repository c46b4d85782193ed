"""What a built-in rule calls itself in both languages, without loading all rules."""

from __future__ import annotations

from functools import lru_cache

import yaml

from shangdun.detect.rules import builtin_folders


@lru_cache(maxsize=512)
def rule_title(uid: str) -> dict[str, str]:
    """``{"zh": …, "en": …}`` of a rule that comes with the product; empty for another."""
    if not uid:
        return {}
    for folder in builtin_folders():
        for path in folder.rglob("*.yml"):
            text = path.read_text("utf-8")
            if uid in text and not path.name.endswith(".tests.yml"):
                title = _title(text, uid)
                if title:
                    return title
    return {}


def _title(text: str, uid: str) -> dict[str, str]:
    for document in yaml.safe_load_all(text):
        if isinstance(document, dict) and document.get("id") == uid:
            title = (document.get("shangdun") or {}).get("title")
            return {str(name): str(value) for name, value in title.items()} if title else {}
    return {}
