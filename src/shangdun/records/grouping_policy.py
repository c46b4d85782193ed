"""The grouping policy that ``shangdun.toml`` asks for."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_network

from shangdun.kernel.config import RespondConfig, home_directory, load_config
from shangdun.kernel.errors import ConfigError
from shangdun.respond.grouping import Policy
from shangdun.respond.noise import Noise


@lru_cache(maxsize=1)
def configured_policy() -> Policy:
    """Read once a process."""
    return policy_from(load_config(home_directory()).respond)


def policy_from(config: RespondConfig) -> Policy:
    values = frozenset(config.shared_values)
    if config.shared_networks is None:
        return Policy(noise=Noise(values=values))
    try:
        networks = tuple(ip_network(text, strict=False) for text in config.shared_networks)
    except ValueError as error:
        raise ConfigError(
            str(error), where="respond.shared_networks", fix="write networks as 10.0.0.0/8"
        ) from error
    return Policy(noise=Noise(values=values, networks=networks))
