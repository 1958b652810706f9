"""Who may ask: the host and origin of a request, the address it came from, and how often that may be."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from typing import Any, Optional
from urllib.parse import urlsplit

from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter as LimiterInProcess
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter as LimiterInRedis
from redis.exceptions import RedisError
from sanic.request import Request

from bot.channels.web.settings import Rates, WebSettings

_NETWORK_OF_ONE_V6_CUSTOMER = 64
_REDIS_ANSWERS_WITHIN_S = 1.0
_LOGGER = logging.getLogger(__name__)


def has_own_host(request: Request, settings: WebSettings) -> bool:
    """Whether a request is meant for this bot: a page that was led here by a name of its own (DNS rebinding) is not."""
    hosts = request.headers.getall("host", [])
    if len(hosts) != 1:
        return False
    try:
        host = urlsplit(f"//{hosts[0]}").hostname or ""
    except ValueError:
        return False
    return host.rstrip(".") in settings.hosts


def has_allowed_origin(request: Request, settings: WebSettings) -> bool:
    """Whether the page that sent a request may: one of our own, or of the operator's list. Programs send no origin."""
    origins = request.headers.getall("origin", [])
    if not origins:
        return True
    host = request.headers.getone("host", "").lower()
    own = (f"http://{host}", f"https://{host}")
    return len(origins) == 1 and (origins[0] in settings.origins or origins[0] in own)


def address_of(request: Request, settings: WebSettings) -> str:
    """The network address that a request counts for.

    Behind the operator's proxies it is what the outermost of them saw; anything else in the header is the client's own
    claim. One customer has a whole /64 in IPv6, so that is one address.
    """
    address = _address(request.ip)
    passed_on = ",".join(request.headers.getall("x-forwarded-for", [])).split(",")
    if 0 < settings.proxies <= len(passed_on):
        address = _address(passed_on[-settings.proxies].strip()) or address
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _NETWORK_OF_ONE_V6_CUSTOMER), strict=False))
    return str(address)


def _address(text: str) -> "Optional[ipaddress.IPv4Address | ipaddress.IPv6Address]":
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class Frequency:
    """Counts how often something was done, in this process or, for several of them, in Redis.

    Where Redis fails nobody is kept out: owners are served, and the log says so.
    """

    def __init__(self, redis: Optional[str] = None) -> None:
        within = _REDIS_ANSWERS_WITHIN_S
        self.shared = redis is not None
        self._storage: Any = (
            RedisStorage(redis, socket_timeout=within, socket_connect_timeout=within) if redis else MemoryStorage()
        )
        limiter: Any = LimiterInRedis if self.shared else LimiterInProcess
        self._limiter = limiter(self._storage)

    async def wait_s(self, rates: Rates, what: str, who: str) -> int:
        """Count `what` once more for `who`: 0 where `rates` allow it, otherwise in how many seconds they will."""
        try:
            for rate in rates:
                if not await self._do("hit", rate, what, who):
                    until, _ = await self._do("get_window_stats", rate, what, who)
                    return max(1, int(until - time.time()) + 1)
        except RedisError as error:
            _LOGGER.error("Redis cannot be asked how often something was done; everybody is let in: %s", error)
        return 0

    async def forget(self, rates: Rates, what: str, who: str) -> None:
        """Count `what` of `who` from nothing again."""
        try:
            for rate in rates:
                await self._do("clear", rate, what, who)
        except RedisError as error:
            _LOGGER.error("Redis keeps how often something was done, for a day at most: %s", error)

    async def _do(self, name: str, *arguments: Any) -> Any:
        called = getattr(self._limiter, name)
        return await (asyncio.to_thread(called, *arguments) if self.shared else called(*arguments))
