"""The console as a part of the server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, Optional, Sequence

from sanic import Blueprint

from bot.console.counting import Counting
from bot.console.engine import Engine, NoEngine
from bot.console.examples import Examples
from bot.console.guard import guarded
from bot.console.knowledge_work import KnowledgeWork
from bot.console.learner import Learner, NoLearner
from bot.console.passwords import Passwords
from bot.console.place import PREFIX, Visitors, place
from bot.console.reader import NoModel, Reader
from bot.console.review_work import ReviewWork
from bot.console.routes import ROUTES
from bot.console.visit import Console, Route
from bot.console.written_knowledge import WrittenKnowledge
from bot.console.written_talks import WrittenTalks
from bot.paths import ROOT
from bot.store import (
    LOOKS_FOR_S,
    Accounts,
    Audit,
    Conversations,
    Database,
    Figures,
    KnowledgeChanges,
    Ratings,
    RecoveryCodes,
    Reviews,
    Sessions,
    StaffLines,
    Takeovers,
    TurnRecords,
)

NAME = "staff"


def staff_console(
    store: Database,
    visitors: Visitors,
    routes: Sequence[Route] = ROUTES,
    clock: Callable[[], float] = time.time,
    looks_for_s: float = LOOKS_FOR_S,
    reader: Optional[Reader] = None,
    data: Path = ROOT / "data",
    engine: Optional[Engine] = None,
    dialogues: Path = ROOT / "tests" / "dialogues",
    learner: Optional[Learner] = None,
) -> Blueprint:
    """The pages below /staff; a search for words looks for `looks_for_s` seconds at once.

    `reader` is the model that serves, `data` the folder with the training data and the knowledge that staff writes to,
    `engine` the bot that is tried out, `dialogues` the folder with the written conversations, which may not be there,
    `learner` trains models and changes to them.
    Raises AddressError where the operator's public address is none.
    """
    console = Console(
        routes=tuple(routes),
        accounts=Accounts(store, clock),
        sessions=Sessions(store, clock),
        audit=Audit(store, clock),
        figures=Figures(store),
        counting=Counting(Figures(store), clock),
        takeovers=Takeovers(store, clock),
        lines=StaffLines(store),
        turns=TurnRecords(store),
        conversations=Conversations(store),
        passwords=Passwords(),
        place=place(),
        visitors=visitors,
        clock=clock,
        store=store,
        looks_for_s=looks_for_s,
        review=ReviewWork(
            Reviews(store, clock), TurnRecords(store), Ratings(store), Examples(data), reader or NoModel()
        ),
        engine=engine or NoEngine(),
        written=WrittenTalks(dialogues, data / "stories"),
        knowledge=KnowledgeWork(WrittenKnowledge(data / "knowledge"), KnowledgeChanges(store, clock)),
        recovery=RecoveryCodes(store, clock),
        learner=learner or NoLearner(),
    )
    pages = Blueprint(NAME, url_prefix=PREFIX)
    for route in routes:
        pages.add_route(guarded(console, route), route.path, methods=[route.method], name=route.name)
    return pages
