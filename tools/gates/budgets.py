"""The size budgets: split by meaning before a reader loses the thread."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FUNCTION_LINES = 60
FILE_LINES = 500
VIEW_LINES = 300
KERNEL_LINES = 600
ROOT_ENTRIES = 15


def tracked(*patterns: str) -> list[Path]:
    """Files that git tracks or would track, as they stand in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def long_functions(path: Path, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name}: {lines} lines, at most {FUNCTION_LINES}"


def problems() -> Iterator[str]:
    kernel = 0
    for file in tracked("*.py"):
        path = file.relative_to(ROOT)
        text = file.read_text("utf-8")
        lines = text.count("\n")
        budget = VIEW_LINES if "console/views" in path.as_posix() else FILE_LINES
        if "migrations" not in path.parts and lines > budget:
            yield f"{path}: {lines} lines, at most {budget}"
        if path.as_posix().startswith("src/shangdun/kernel/"):
            kernel += lines
        if "migrations" not in path.parts:
            yield from long_functions(path, ast.parse(text))
    if kernel > KERNEL_LINES:
        yield f"src/shangdun/kernel: {kernel} lines in all, at most {KERNEL_LINES}"
    entries = {file.relative_to(ROOT).parts[0] for file in tracked()}
    if len(entries) > ROOT_ENTRIES:
        yield f"{len(entries)} entries at the root, at most {ROOT_ENTRIES}: {sorted(entries)}"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found))
    sys.exit(bool(found))
