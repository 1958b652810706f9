"""Who may ask: the origin of a request, the address it came from, how often, and how many at once."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import math
import time
from collections import Counter
from typing import Any, Callable, Dict, Optional

from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter as LimiterInProcess
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter as LimiterInRedis
from redis.exceptions import RedisError
from sanic.request import Request

from bot.channels.web.settings import Rates, WebSettings

_NETWORK_OF_ONE_V6_CUSTOMER = 64
_REDIS_ANSWERS_WITHIN_S = 1.0
_TELL_AGAIN_S = 60.0
_ASK_REDIS_AGAIN_S = 10.0
_LOGGER = logging.getLogger(__name__)


def has_allowed_origin(request: Request, settings: WebSettings) -> bool:
    """Whether the page that sent a request may: one of our own, or of the operator's list. Programs send no origin."""
    origins = request.headers.getall("origin", [])
    if not origins:
        return True
    host = request.headers.getone("host", "").lower()
    own = (f"http://{host}", f"https://{host}")
    return len(origins) == 1 and (origins[0] in settings.origins or origins[0] in own)


def address_of(request: Request, settings: WebSettings) -> str:
    """The network address that a request counts for: one customer has a whole /64 in IPv6, so that is one address."""
    return _network(source_of(request, settings) or _address(request.ip))


def counted(address: str) -> Optional[str]:
    """The network address for which a limit an address counts; None for this machine, where no such limit holds."""
    known = _address(address)
    if known is None:
        return address  # a network already
    return None if known.is_loopback else _network(known)


def _network(address: "Optional[ipaddress.IPv4Address | ipaddress.IPv6Address]") -> str:
    """One customer's address: in IPv6 that is a whole /64."""
    if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
        return str(ipaddress.ip_network((address, _NETWORK_OF_ONE_V6_CUSTOMER), strict=False))
    return str(address)


def source_of(request: Request, settings: WebSettings) -> "Optional[ipaddress.IPv4Address | ipaddress.IPv6Address]":
    """Where a request comes from; None where a proxy says what is no address.

    Behind the operator's proxies it is what the outermost of them saw; anything else in the header is the client's own
    claim.
    """
    passed_on = [address for line in request.headers.getall("x-forwarded-for", []) for address in line.split(",")]
    if 0 < settings.proxies <= len(passed_on):
        return _address(passed_on[-settings.proxies].strip())
    return _address(request.ip)


def _address(text: str) -> "Optional[ipaddress.IPv4Address | ipaddress.IPv6Address]":
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class _RedisIsAwayError(Exception):
    """Redis failed a moment ago."""


class Frequency:
    """Counts how often something was done, in this process or, for several of them, in Redis.

    Where Redis fails nobody is kept out: owners are served, and the log says so. It is not asked for some seconds then,
    so that one owner waits for it and not all.
    """

    def __init__(self, redis: Optional[str] = None) -> None:
        self._ask_again_at = 0.0
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
        except _RedisIsAwayError:
            pass  # the log has it already
        except RedisError as error:
            self._ask_again_at = time.monotonic() + _ASK_REDIS_AGAIN_S
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
        return await (asyncio.to_thread(self._ask_redis, called, *arguments) if self.shared else called(*arguments))

    def _ask_redis(self, called: Any, *arguments: Any) -> Any:
        """Many may have been waiting for a thread when it turned out that Redis is away. Raises _RedisIsAwayError."""
        if time.monotonic() < self._ask_again_at:
            raise _RedisIsAwayError
        return called(*arguments)


class Crowd:
    """Counts how many of a kind are there at once, in all and from each address.

    Who is turned away stands in the log, once a minute at most for each limit and without the address.
    """

    def __init__(self, what: str, most: int, most_an_address: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._most = most
        self._most_an_address = most_an_address
        self._clock = clock
        self._there: "Counter[Optional[str]]" = Counter()
        self._in_all = 0
        self._turned_away: "Counter[str]" = Counter()
        self._told_at: Dict[str, float] = {}

    def enter(self, address: Optional[str]) -> bool:
        """Whether there is room for one more, who is then in. `address`: None counts in all alone."""
        if self._in_all >= self._most:
            self._turn_away(f"{self._most} {self._what} in all")
            return False
        if address is not None and self._there[address] >= self._most_an_address:
            self._turn_away(f"{self._most_an_address} {self._what} from one address")
            return False
        self._in_all += 1
        self._there[address] += 1
        return True

    def leave(self, address: Optional[str]) -> None:
        """One who was let in is gone."""
        self._in_all -= 1
        self._there[address] -= 1
        if not self._there[address]:
            del self._there[address]

    def _turn_away(self, limit: str) -> None:
        self._turned_away[limit] += 1
        now = self._clock()
        if now - self._told_at.get(limit, -math.inf) >= _TELL_AGAIN_S:
            _LOGGER.error("more than %s: %d turned away with 503", limit, self._turned_away.pop(limit))
            self._told_at[limit] = now
