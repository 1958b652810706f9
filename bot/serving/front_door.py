"""The door to the server: who is let in while many are there, and how long a request may take to arrive.

Sanic 21.12 counts nobody, and measures its time limits from the last byte on: who sends one byte every ten seconds
stays for ever. `FrontDoor` takes the place of its protocol.
"""

from __future__ import annotations

import resource
from collections import OrderedDict
from typing import Any, Awaitable, Callable, Optional

from sanic.exceptions import RequestTimeout, ServiceUnavailable
from sanic.http import Http, Stage
from sanic.request import Request
from sanic.server.protocols.http_protocol import HttpProtocol

from bot.channels.web.admission import Crowd, counted
from bot.operator.limits import Limits
from bot.operator.set_up import SetUpError

READ_WITHIN_S = 15.0
PROBES = frozenset({"/healthz", "/readyz"})
_IN_THE_PORCH = 32
_READ_IN_THE_PORCH_WITHIN_S = 2.0
_COME_AGAIN_S = 10
_FILES_BESIDE_CONNECTIONS = 300
_FULL = f"HTTP/1.1 503 Service Unavailable\r\nRetry-After: {_COME_AGAIN_S}\r\nConnection: close\r\n\r\n".encode()


class FullError(ServiceUnavailable):
    """There are as many as can be served, or as may come from one address."""

    headers = {"Retry-After": str(_COME_AGAIN_S)}


class Entrance:
    """Counts who is in. A server has one, `app.ctx.entrance`, which all its connections pass.

    Without proxies of the operator a connection counts for the address at its other end; behind them, each request for
    the owner's address while it is answered (`address_of`), and the proxy's connections in all alone. Whoever is one
    too many waits in the porch, where there is room for a probe: others are refused once they have said what they
    want, and the one who has stood there longest makes room for the next.
    """

    def __init__(self, limits: Limits, proxies: int, address_of: Callable[[Request], str]) -> None:
        most_an_address = limits.most_connections_per_address
        self.connections = Crowd("connections", limits.most_connections, most_an_address)
        self.requests = Crowd("requests at once", limits.most_connections, most_an_address)
        self.behind_proxies = proxies > 0
        self._address_of = address_of
        self._porch: "OrderedDict[FrontDoor, None]" = OrderedDict()

    def owner_of(self, request: Request) -> Optional[str]:
        """The address that a request counts for; None for this machine."""
        return counted(self._address_of(request))

    def wait_in_the_porch(self, connection: "FrontDoor") -> None:
        """Keep one more there, and send the oldest away where that is too many."""
        self._porch[connection] = None
        if len(self._porch) > _IN_THE_PORCH:
            oldest, _ = self._porch.popitem(last=False)
            oldest.send_away()

    def leave_the_porch(self, connection: "FrontDoor") -> None:
        """It is gone."""
        self._porch.pop(connection, None)


class FrontDoor(HttpProtocol):
    """One connection. A request has `READ_WITHIN_S` to arrive, from its first byte to its last.

    So has its first byte, from when the connection is made.
    """

    __slots__ = ("__dict__",)  # or Sanic's metaclass leaves no room for attributes

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._entrance: Entrance = self.app.ctx.entrance
        self._answer: Callable[[Request], Awaitable[None]] = self.app.handle_request
        self.request_handler = self._let_in
        self._counts_for: Optional[str] = None
        self._in_porch = False
        self._until: Optional[float] = None

    def connection_made(self, transport: Any) -> None:
        """Count it, or let it wait in the porch."""
        super().connection_made(transport)
        if not self._entrance.behind_proxies:
            self._counts_for = counted(self.conn_info.client_ip)
        if not self._entrance.connections.enter(self._counts_for):
            self._in_porch = True
            self._entrance.wait_in_the_porch(self)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """Make room."""
        super().connection_lost(exc)
        if self._in_porch:
            self._entrance.leave_the_porch(self)
        else:
            self._entrance.connections.leave(self._counts_for)

    def send_away(self) -> None:
        """Refuse whoever has not yet said what they want."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(_FULL)
            self.close()

    def abort(self) -> None:
        """Hang up. Sanic forgets the connection before its task has ended, which fails over that, into the log."""
        if self.transport is not None:
            self.transport.abort()

    def close_if_idle(self) -> bool:
        """Hang up as the server stops, also on a request that has not yet arrived. Returns whether that was so."""
        if self._http is not None and self._http.stage is Stage.REQUEST:
            self.close()
            return True
        return bool(super().close_if_idle())

    async def receive_more(self) -> None:
        """Wait for bytes, and hang up where they do not come in time: 408, if they were of a request."""
        idle = self._http.stage is Stage.IDLE and not self._http.request_body
        if idle:
            self._until = None
            within_s = self.keep_alive_timeout if self.state["requests_count"] else self._reads_within_s()
        else:
            self._until = self._until or self.loop.time() + self._reads_within_s()
            within_s = max(0.0, self._until - self.loop.time())
        too_late = self.loop.call_later(within_s, self._cut)
        try:
            await super().receive_more()
        finally:
            too_late.cancel()
        if idle:
            self._until = self.loop.time() + self._reads_within_s()

    def _reads_within_s(self) -> float:
        return _READ_IN_THE_PORCH_WITHIN_S if self._in_porch else READ_WITHIN_S

    def _cut(self) -> None:
        """As Sanic does it: the connection's task is cancelled, and answers with the error that lies there."""
        if self._task is not None:
            self._http.exception = RequestTimeout("Request Timeout")
            self._task.cancel()

    def _setup_connection(self) -> None:
        super()._setup_connection()
        self._http = _Http(self)

    async def _let_in(self, request: Request) -> None:
        """Answer a request, where there is room for one more; the probes' always."""
        if self._in_porch:
            self._http.keep_alive = False
        if request.path in PROBES:
            await self._answer(request)
        elif self._in_porch:
            raise FullError("as many connections as can be served")
        else:
            await self._answer_counted(request)
        if not self._http.request_body:
            self._until = None

    async def _answer_counted(self, request: Request) -> None:
        owner = self._entrance.owner_of(request) if self._entrance.behind_proxies else None
        if not self._entrance.requests.enter(owner):
            self._http.keep_alive = False
            raise FullError("as many requests at once as an address may send")
        try:
            await self._answer(request)
        finally:
            self._entrance.requests.leave(owner)


class _Http(Http):
    """Sanic's way of a request, which also answers one whose address cannot be read."""

    def create_empty_request(self) -> None:
        """Sanic reads the same address once more for its answer, and fails with the connection."""
        self.url = None
        super().create_empty_request()


def make_room_for(limits: Limits) -> None:
    """Let the process open as many files as its connections need. Raises SetUpError where the machine forbids it."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = files_for(limits, most)
    if resource.RLIM_INFINITY != allowed < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, most))


def files_for(limits: Limits, most: int) -> int:
    """How many files the process has to open. Raises SetUpError where that is more than the `most` it may."""
    needed = limits.most_connections + _FILES_BESIDE_CONNECTIONS
    if resource.RLIM_INFINITY != most < needed:
        raise SetUpError(
            f"KAKARITSUKE_MOST_CONNECTIONS: {limits.most_connections} connections need {needed} open files, and "
            f"{most} are allowed here; lower it, or raise the limit (ulimit -n)"
        )
    return needed
