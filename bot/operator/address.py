"""Where owners reach the bot: the names that browsers use for it, the pages it answers, the proxies before it."""

from __future__ import annotations

import ipaddress
import os
from typing import FrozenSet, Optional, Tuple
from urllib.parse import urlsplit

from bot.operator.environment import Settings, listed, whole
from bot.operator.set_up import SetUpError
from bot.operator.this_machine import NAMES, hostname, is_this_machine, leads_here

PUBLIC_URL = "KAKARITSUKE_PUBLIC_URL"
HOSTS = "KAKARITSUKE_WEB_HOSTS"
ORIGINS = "KAKARITSUKE_WEB_ORIGINS"
PROXIES = "KAKARITSUKE_PROXIES"


class AddressError(SetUpError):
    """A setting about where the bot is reached makes no sense; the message names it and says what is expected."""


class AddressSettings(Settings):
    """`web_hosts` are further names of the bot, `web_origins` the pages that may call it, `proxies` how many stand
    before it.
    """

    complaint = AddressError

    public_url: Optional[str] = None
    web_hosts: Tuple[str, ...] = ()
    web_origins: Tuple[str, ...] = ()
    proxies: int = 0

    _lists = listed("web_hosts", "web_origins")
    _number = whole("proxies", least=0, most=10)


def stand_at(address: str) -> None:
    """Take `address` for the one under which owners reach the bot, for want of one that the operator has set.

    It is kept in the environment, so that whatever this process starts has it too.
    """
    if AddressSettings.now().public_url is None:
        os.environ[PUBLIC_URL] = address


def set_public_url() -> Optional[str]:
    """The address under which owners reach the bot, without a slash at its end; None where none is set."""
    address = AddressSettings.now().public_url
    return address.rstrip("/") if address else None


def public_url() -> str:
    """The same, as an address that can be given to owners. `python -m bot run` sets it to where it listens, unless
    the operator has. Raises AddressError where it is none.
    """
    address = set_public_url() or ""
    if not address.startswith(("https://", "http://")):
        raise AddressError(f"{PUBLIC_URL}: expected an address such as https://soudan.example.jp, found {address!r}")
    return address


def own_hosts(listens_at: str) -> FrozenSet[str]:
    """The host names, without port, under which browsers reach a bot that listens at `listens_at`.

    Raises AddressError.
    """
    hosts = {_named_host(PUBLIC_URL, hostname(public_url()))}
    if is_this_machine(listens_at):
        hosts |= NAMES
    return frozenset(hosts | {_named_host(HOSTS, name) for name in AddressSettings.now().web_hosts})


def own_origins() -> FrozenSet[str]:
    """The origins, as browsers send them, of the pages that may call the bot: its own and the operator's.

    Raises AddressError.
    """
    further = AddressSettings.now().web_origins
    return frozenset({_origin(PUBLIC_URL, public_url()), *(_origin(ORIGINS, name) for name in further)})


def who_else_reaches_it() -> Optional[str]:
    """The first setting that says that others than this machine reach the bot, as `NAME=value`; None where none does.

    Behind a proxy that holds although the bot itself listens at this machine alone.
    """
    found = AddressSettings.now()
    if found.public_url is not None and not leads_here(found.public_url):
        return f"{PUBLIC_URL}={found.public_url}"
    for name in found.web_hosts:
        if not is_this_machine(name.strip("[]")):
            return f"{HOSTS}={name}"
    for origin in found.web_origins:
        if not leads_here(origin):
            return f"{ORIGINS}={origin}"
    return f"{PROXIES}={found.proxies}" if found.proxies else None


def _named_host(setting: str, name: Optional[str]) -> str:
    host = (name or "").strip("[]").rstrip(".").lower()
    if not host or any(mark in host for mark in "/@* ") or _is_any_address(host):
        raise AddressError(
            f"{setting}: expected a name under which browsers reach the bot, such as soudan.example.jp, found {name!r}"
        )
    return host


def _origin(setting: str, text: str) -> str:
    """An origin in the one spelling that browsers send (https://fetch.spec.whatwg.org/#origin-header)."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_origin(setting, text) from None
    beyond = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in text or (setting == ORIGINS and beyond):
        raise _no_origin(setting, text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def _no_origin(setting: str, text: str) -> AddressError:
    return AddressError(
        f"{setting}: expected addresses without a path, such as https://www.example.jp, with commas between; "
        f"found {text!r}"
    )


def _is_any_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
