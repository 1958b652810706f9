"""Which names and addresses mean this machine, where nobody else can be."""

from __future__ import annotations

import ipaddress
from typing import Optional
from urllib.parse import urlsplit

NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def is_this_machine(host: Optional[str]) -> bool:
    """Whether a host, as a name or an address without port and brackets, is the machine that asks, and no other.

    Only `localhost` counts of all names: what others lead to can change.
    """
    name = (host or "").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def leads_here(address: str) -> bool:
    """Whether a URL or an origin leads to this machine."""
    return is_this_machine(hostname(address))


def may_be_told_secrets(address: str) -> bool:
    """Whether nobody on the way to a URL can read what is sent there: it is https, or leads to this machine."""
    scheme = address.partition("://")[0].lower()
    return (scheme == "https" and hostname(address) is not None) or (scheme == "http" and leads_here(address))


def hostname(address: str) -> Optional[str]:
    """The host in a URL or an origin, without port and brackets; None where there is none."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def has_right_port(address: str) -> bool:
    """Whether a URL can be read, and its port, where it has one, can be one."""
    try:
        urlsplit(address).port  # noqa: B018
    except ValueError:
        return False
    return True
