"""What the console is told of whoever asks: where they come from, and how often they tried to prove who they are."""

from __future__ import annotations

from limits import parse_many
from sanic.request import Request

from bot.channels.web import WebSettings
from bot.channels.web.admission import Frequency, address_of, source_of

# From one address: the staff of a chamber may all come through one. An account is locked long before.
_ATTEMPTS = tuple(parse_many("30/minute;300/day"))


class StaffVisitors:
    """As the console asks (`bot.console.place.Visitors`), by the operator's proxies."""

    def __init__(self, web: WebSettings) -> None:
        self._web = web
        self._frequency = Frequency(web.redis)

    def address(self, request: Request) -> str:
        """Where a request comes from; `unknown` where a proxy says what is no address."""
        return str(source_of(request, self._web) or "unknown")

    async def wait_s(self, request: Request) -> int:
        """In how many seconds the address may try again; 0: it may now."""
        return await self._frequency.wait_s(_ATTEMPTS, "staff", address_of(request, self._web))
