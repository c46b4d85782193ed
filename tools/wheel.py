"""Build hook: a wheel carries the pages' assets, the documents' font and the compiled translations,
or is not made.

`pipx install` of the wheel then works on a machine that has neither Node nor gettext.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONSOLE = Path("src") / "shangdun" / "console"
PAPER_FONTS = Path("src") / "shangdun" / "papers" / "fonts"


class AssetsAndTranslations(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        console = Path(self.root) / CONSOLE
        if not any((console / "static" / "dist").glob("*")):
            raise SystemExit("the pages' assets are not built: run `make setup` first")
        if not (Path(self.root) / PAPER_FONTS / "letters.txt").is_file():
            raise SystemExit("the documents' font is not made: run `make setup` first")
        for po_path in console.glob("locale/*/*/*.po"):
            with po_path.open("rb") as po, po_path.with_suffix(".mo").open("wb") as mo:
                write_mo(mo, read_po(po))
        build_data["artifacts"] += [
            f"{CONSOLE}/static/dist/**",
            f"{CONSOLE}/locale/**/*.mo",
            f"{PAPER_FONTS}/*",
        ]
