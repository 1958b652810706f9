"""Who may ask how the bot is."""

from __future__ import annotations

import ipaddress
from typing import Tuple, Union

from pydantic import validator

from bot.operator.environment import Settings

HEALTH_FROM = "KAKARITSUKE_HEALTH_FROM"
Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


class Probes(Settings):
    """The networks whose probes are answered beside this machine's own, with commas between."""

    health_from: str = ""

    @validator("health_from")
    def _names_networks(cls, text: str) -> str:  # noqa: N805  (pydantic hands the class in)
        try:
            _networks(text)
        except ValueError:
            raise ValueError(f"expected networks such as 10.0.0.0/8, with commas between; found {text!r}") from None
        return text

    def may_ask(self, address: Address) -> bool:
        """Whether a probe from this address is answered."""
        return address.is_loopback or any(address in network for network in _networks(self.health_from))


def probes() -> Probes:
    """Who may ask, as the environment has it now. Raises SetUpError for what is no network."""
    return Probes.now()


def _networks(text: str) -> Tuple[Network, ...]:
    return tuple(ipaddress.ip_network(name.strip()) for name in text.split(",") if name.strip())
