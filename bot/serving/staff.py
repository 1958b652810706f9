"""What the console is told by the server: where somebody comes from, how often they tried, how many pushes are left."""

from __future__ import annotations

import logging
import math
import time
from typing import Optional

from limits import parse_many
from sanic.request import Request

from bot.channels.line.client import LineClient, LineError
from bot.channels.line.settings import LineSettings
from bot.channels.web import WebSettings
from bot.channels.web.admission import Frequency, address_of, source_of

# From one address: the staff of a chamber may all come through one. An account is locked long before.
_ATTEMPTS = tuple(parse_many("30/minute;300/day"))
_ASK_LINE_AGAIN_S = 10.0
_LOGGER = logging.getLogger(__name__)


class StaffVisitors:
    """As the console asks (`bot.console.place.Visitors`), by the operator's proxies."""

    def __init__(self, web: WebSettings, line: Optional[LineSettings] = None) -> None:
        self._web = web
        self._line = line
        self._frequency = Frequency(web.redis)
        self._pushes_left: Optional[int] = None
        self._asked_at = -math.inf

    def address(self, request: Request) -> str:
        """Where a request comes from; `unknown` where a proxy says what is no address."""
        return str(source_of(request, self._web) or "unknown")

    async def wait_s(self, request: Request) -> int:
        """In how many seconds the address may try again; 0: it may now."""
        return await self._frequency.wait_s(_ATTEMPTS, "staff", address_of(request, self._web))

    async def pushes_left(self) -> Optional[int]:
        """What LINE says, asked once in some seconds; None where it says nothing, or there is no limit."""
        if self._line is None or time.monotonic() - self._asked_at < _ASK_LINE_AGAIN_S:
            return self._pushes_left
        self._asked_at = time.monotonic()
        client = LineClient(self._line)
        try:
            quota = await client.quota()
            self._pushes_left = None if quota.limit is None else max(0, quota.limit - quota.used)
        except LineError as error:
            _LOGGER.error("how many pushes are left is not known: %s", error)
            self._pushes_left = None
        finally:
            await client.close()
        return self._pushes_left
