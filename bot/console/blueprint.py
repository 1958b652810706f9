"""The console as a part of the server."""

from __future__ import annotations

import time
from typing import Callable, Sequence

from sanic import Blueprint

from bot.console.guard import guarded
from bot.console.passwords import Passwords
from bot.console.place import PREFIX, Visitors, place
from bot.console.routes import ROUTES
from bot.console.visit import Console, Route
from bot.store import Accounts, Audit, Conversations, Database, Sessions, StaffLines, Takeovers, TurnRecords

NAME = "staff"


def staff_console(
    store: Database,
    visitors: Visitors,
    routes: Sequence[Route] = ROUTES,
    clock: Callable[[], float] = time.time,
) -> Blueprint:
    """The pages below /staff. Raises AddressError where the operator's public address is none."""
    console = Console(
        routes=tuple(routes),
        accounts=Accounts(store, clock),
        sessions=Sessions(store, clock),
        audit=Audit(store, clock),
        takeovers=Takeovers(store, clock),
        lines=StaffLines(store),
        turns=TurnRecords(store),
        conversations=Conversations(store),
        passwords=Passwords(),
        place=place(),
        visitors=visitors,
        clock=clock,
    )
    pages = Blueprint(NAME, url_prefix=PREFIX)
    for route in routes:
        pages.add_route(guarded(console, route), route.path, methods=[route.method], name=route.name)
    return pages
