"""The console as a part of the server."""

from __future__ import annotations

import time
from typing import Callable, Sequence

from sanic import Blueprint

from bot.console.counting import Counting
from bot.console.guard import guarded
from bot.console.passwords import Passwords
from bot.console.place import PREFIX, Visitors, place
from bot.console.routes import ROUTES
from bot.console.visit import Console, Route
from bot.store import LOOKS_FOR_S, Accounts, Audit, Database, Figures, Sessions, StoredHandoffs

NAME = "staff"


def staff_console(
    store: Database,
    visitors: Visitors,
    routes: Sequence[Route] = ROUTES,
    clock: Callable[[], float] = time.time,
    looks_for_s: float = LOOKS_FOR_S,
) -> Blueprint:
    """The pages below /staff; a search for words looks for `looks_for_s` seconds at once.

    Raises AddressError where the operator's public address is none.
    """
    console = Console(
        routes=tuple(routes),
        accounts=Accounts(store, clock),
        sessions=Sessions(store, clock),
        audit=Audit(store, clock),
        handoffs=StoredHandoffs(store),
        figures=Figures(store),
        counting=Counting(Figures(store), clock),
        passwords=Passwords(),
        place=place(),
        visitors=visitors,
        clock=clock,
        store=store,
        looks_for_s=looks_for_s,
    )
    pages = Blueprint(NAME, url_prefix=PREFIX)
    for route in routes:
        pages.add_route(guarded(console, route), route.path, methods=[route.method], name=route.name)
    return pages
