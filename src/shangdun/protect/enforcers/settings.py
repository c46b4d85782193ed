"""What every enforcer is told in ``shangdun.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class EnforcerSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What every kind has; a kind adds its own keys and names itself by its tag."""

    name: str = ""
    """How the page and the records call it; the kind, where nothing is said."""
    when_lost: Literal["keep", "open"] = "keep"
    """Without the decisions for ``lost_seconds``, or stopped: keep what is in force (entries still
    run out), or turn nobody away."""
    lost_seconds: Annotated[float, msgspec.Meta(ge=1)] = 300.0

    @property
    def called(self) -> str:
        """The name, or else the kind."""
        return self.name or str(self.__struct_config__.tag)
