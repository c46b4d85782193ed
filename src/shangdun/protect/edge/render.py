"""The edge as files: nginx's part, ModSecurity's part, and the sources that watch it."""

from __future__ import annotations

from collections.abc import Mapping

from shangdun.protect.edge.modsecurity import rules_part
from shangdun.protect.edge.nginx import http_part, server_part
from shangdun.protect.edge.settings import EdgeConfig

HTTP_FILE = "conf.d/shangdun-http.conf"
SERVER_FILE = "conf.d/shangdun-shop.conf"
RULES_FILE = "shangdun/modsecurity.conf"
_HEAD = "# Written by `shangdun edge`: change [edge] in shangdun.toml and apply again.\n"


def render(edge: EdgeConfig, prefix: str = "/etc/nginx") -> dict[str, str]:
    """Every file by its name beneath ``prefix``; the same settings give the same bytes."""
    files = {
        HTTP_FILE: _HEAD + http_part(edge),
        SERVER_FILE: _HEAD + server_part(edge, f"{prefix}/{RULES_FILE}"),
    }
    if edge.inspect != "off":
        files[RULES_FILE] = _HEAD + rules_part(edge, f"{prefix}/shangdun/private")
    return files


def sources(edge: EdgeConfig) -> list[Mapping[str, str]]:
    """What to watch, as ``[[sources]]`` of ``shangdun.toml``."""
    watched: list[Mapping[str, str]] = [
        {"name": "edge-access", "format": "combined", "path": f"{edge.log_folder}/shop-access.log*"}
    ]
    if edge.inspect != "off":
        watched.append(
            {
                "name": "edge-modsecurity",
                "format": "modsecurity",
                "path": f"{edge.log_folder}/modsecurity.json*",
            }
        )
    return watched


def sources_toml(edge: EdgeConfig) -> str:
    """The same as text to paste."""
    blocks = (
        "\n".join(["[[sources]]", *(f'{key} = "{value}"' for key, value in source.items())])
        for source in sources(edge)
    )
    return "\n\n".join(blocks) + "\n"
