"""What the operator sets for the website's channel (docs/operations.md), checked once, before the bot starts."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from typing import FrozenSet, Optional, Tuple
from urllib.parse import urlsplit

from limits import RateLimitItem, parse_many

from bot.operator.desk import KEEP_DAYS, PUBLIC_URL, DeskError, desk, public_url
from bot.operator.set_up import SetUpError

SESSION_DAYS = "KAKARITSUKE_WEB_SESSION_DAYS"
ORIGINS = "KAKARITSUKE_WEB_ORIGINS"
HOSTS = "KAKARITSUKE_WEB_HOSTS"
PROXIES = "KAKARITSUKE_PROXIES"
REDIS = "KAKARITSUKE_REDIS"
MESSAGES_RATE = "KAKARITSUKE_WEB_RATE_MESSAGES"
SESSIONS_RATE = "KAKARITSUKE_WEB_RATE_SESSIONS"
REQUESTS_RATE = "KAKARITSUKE_WEB_RATE_REQUESTS"

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_PROXIES = 10
_LONGEST_SESSION_DAYS = 365

Rates = Tuple[RateLimitItem, ...]


class WebSettingsError(SetUpError):
    """A setting makes no sense; the message names it and says what is expected."""


@dataclass(frozen=True)
class WebSettings:
    """The settings of the channel. `hosts` are host names without port, `origins` as browsers send them.

    A session may send messages at `messages_rate`; an address may open sessions at `sessions_rate`, and send requests
    of any kind at `requests_rate`. `redis` is where several processes count together.
    """

    hosts: FrozenSet[str]
    origins: FrozenSet[str]
    https: bool
    proxies: int
    session_days: int
    messages_rate: Rates
    sessions_rate: Rates
    requests_rate: Rates
    redis: Optional[str] = None


def web_settings(host: str) -> WebSettings:
    """The settings as the environment has them now, for a bot that listens at `host`. Raises WebSettingsError."""
    try:
        address, keep_days = urlsplit(public_url()), desk().keep_days
    except DeskError as error:
        raise WebSettingsError(str(error)) from error
    hosts = {_named_host(PUBLIC_URL, address.hostname)}
    if _is_loopback(host):
        hosts |= _LOOPBACK_NAMES
    days = _number(SESSION_DAYS, 7, 1, _LONGEST_SESSION_DAYS)
    if days > keep_days:
        raise WebSettingsError(
            f"{SESSION_DAYS}: expected at most {KEEP_DAYS} ({keep_days}), found {days}: "
            "an owner would come back to a conversation that is forgotten"
        )
    return WebSettings(
        hosts=frozenset(hosts | {_named_host(HOSTS, name) for name in _listed(HOSTS)}),
        origins=frozenset({_origin(PUBLIC_URL, public_url()), *(_origin(ORIGINS, name) for name in _listed(ORIGINS))}),
        https=address.scheme == "https",
        proxies=_number(PROXIES, 0, 0, _MOST_PROXIES),
        session_days=days,
        messages_rate=_rate(MESSAGES_RATE, "30/minute;500/day"),
        sessions_rate=_rate(SESSIONS_RATE, "30/minute;600/day"),
        requests_rate=_rate(REQUESTS_RATE, "600/minute"),
        redis=_redis(),
    )


def _named_host(setting: str, name: Optional[str]) -> str:
    host = (name or "").strip("[]").rstrip(".").lower()
    if not host or any(mark in host for mark in "/@* ") or _is_any_address(host):
        raise WebSettingsError(
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


def _no_origin(setting: str, text: str) -> WebSettingsError:
    return WebSettingsError(
        f"{setting}: expected addresses without a path, such as https://www.example.jp, with commas between; "
        f"found {text!r}"
    )


def _rate(setting: str, default: str) -> Rates:
    text = os.environ.get(setting, "").strip() or default
    try:
        return tuple(parse_many(text))
    except ValueError:
        raise WebSettingsError(f"{setting}: expected rates such as {default}, found {text!r}") from None


def _number(setting: str, default: int, least: int, most: int) -> int:
    text = os.environ.get(setting, "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise WebSettingsError(f"{setting}: expected a whole number from {least} to {most}, found {text!r}")
    return int(text)


def _redis() -> Optional[str]:
    address = os.environ.get(REDIS, "").strip() or None
    if address is not None and urlsplit(address).scheme not in ("redis", "rediss"):
        raise WebSettingsError(f"{REDIS}: expected an address such as redis://localhost:6379/0")
    return address


def _listed(setting: str) -> Tuple[str, ...]:
    return tuple(name.strip() for name in os.environ.get(setting, "").split(",") if name.strip())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_any_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
