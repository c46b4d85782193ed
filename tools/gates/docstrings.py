"""Public functions and classes of the pure packages are documented: they are libraries."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = (
    "kernel", "lake", "detect", "respond", "observe", "protect", "papers", "notify", "content",
)  # fmt: skip
PURE = (
    *(f"shangdun/{name}" for name in PACKAGES),
    "guard/shangdun_guard",
)


def undocumented(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    if tree.body and not ast.get_docstring(tree):
        yield f"{path.relative_to(ROOT)}:1: the module says nothing of itself"
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        is_error = isinstance(node, ast.ClassDef) and path.name == "errors.py"
        if not ast.get_docstring(node) and not is_error:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has no docstring"


if __name__ == "__main__":
    found = [
        problem
        for package in PURE
        for path in sorted((ROOT / "src" / package).rglob("*.py"))
        for problem in undocumented(path)
    ]
    print("\n".join(found))
    sys.exit(bool(found))
