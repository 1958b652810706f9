"""Which names the bot answers to, the same for all its pages and for what they call."""

from __future__ import annotations

import json
from typing import FrozenSet, Optional, Sequence

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.operator.this_machine import hostname

# Called by programs under whatever name they know: webhooks prove who they are or answer this machine alone.
_FOR_PROGRAMS = ("/webhooks/", "/healthz", "/readyz")


def answer_under_own_names(app: Sanic, hosts: FrozenSet[str]) -> None:
    """Refuse what a browser asks of the bot under a name that is not among `hosts`.

    A page under a name of its own that leads to this machine (DNS rebinding) would otherwise read the bot's pages and
    speak to it as if they were its own.
    """

    @app.on_request
    async def refuse(request: Request) -> Optional[HTTPResponse]:
        answered_with_an_error = request.route is None
        if answered_with_an_error or request.path.startswith(_FOR_PROGRAMS):
            return None
        if is_for(request.headers.getall("host", []), hosts):
            return None
        body = json.dumps({"error": "origin"}).encode()
        return HTTPResponse(body, 403, {"Cache-Control": "no-store"}, "application/json; charset=utf-8")


def is_for(named: Sequence[str], hosts: FrozenSet[str]) -> bool:
    """Whether the Host headers of a request are one, and name one of `hosts`, with or without a port."""
    name = hostname(f"//{named[0]}") if len(named) == 1 else None
    return name is not None and name.rstrip(".") in hosts
