"""Says whether the bot serves and can answer: /healthz and /readyz for the operator, a kind page for owners."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any, Awaitable, Callable, Dict, Mapping, Optional, Tuple

from rasa.core.agent import Agent
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.web import WebSettings
from bot.channels.web.admission import source_of
from bot.frame.endpoints import answers
from bot.frame.thinking import thinking
from bot.operator.probes import Probes
from bot.store import Database
from bot.web.pages import away

_ANSWERS_WITHIN_S = 1.0
_THINKS_WITHIN_S = 10.0  # turns come one after another: that long may what is asked of the model wait for others
_BY_PROXIES = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOGGER = logging.getLogger(__name__)


class Readiness:
    """Whether the model, the tracker store and the store answer, each within a second.

    However many ask, one question a part is open at a time, so that none is asked faster than it answers.
    """

    def __init__(self, store: Database) -> None:
        self.agent: Optional[Agent] = None
        self._store = store
        self._open: Dict[str, "asyncio.Task[None]"] = {}
        self._asked_the_model_at: Optional[float] = None
        self._failing: Tuple[str, ...] = ()

    async def parts(self) -> Dict[str, bool]:
        """Which parts answer, by name. What does not is logged when that begins, and when it ends."""
        asked: Dict[str, Callable[[], Awaitable[None]]] = {
            "model": self._ask_the_model,
            "tracker_store": self._ask_the_tracker_store,
            "store": self._ask_the_store,
        }
        answered = await asyncio.gather(*(self._answers(part, ask) for part, ask in asked.items()))
        found = dict(zip(asked, answered, strict=True))
        failing = tuple(part for part, well in found.items() if not well)
        if failing != self._failing:
            _LOGGER.error("not ready: %s", ", ".join(failing) or "nothing any more; ready again")
        self._failing = failing
        return found

    async def _answers(self, part: str, ask: Callable[[], Awaitable[None]]) -> bool:
        if part not in self._open or self._open[part].done():
            self._open[part] = asyncio.ensure_future(ask())
            self._open[part].add_done_callback(asyncio.Future.exception)  # which nobody may wait for any more
        done, _ = await asyncio.wait([self._open[part]], timeout=_ANSWERS_WITHIN_S)
        return bool(done) and self._open[part].exception() is None

    async def _ask_the_model(self) -> None:
        """Whether turns are computed. Many of them at once are no fault: owners wait, and are answered."""
        if self.agent is None or not self.agent.is_ready():
            raise RuntimeError("there is no model")
        if self._asked_the_model_at is None:
            self._asked_the_model_at = time.monotonic()
            asyncio.ensure_future(thinking().do(_nothing())).add_done_callback(self._the_model_answered)
        if time.monotonic() - self._asked_the_model_at > _THINKS_WITHIN_S:
            raise RuntimeError("no turn has begun for long")

    def _the_model_answered(self, done: "asyncio.Future[None]") -> None:
        self._asked_the_model_at = None

    async def _ask_the_tracker_store(self) -> None:
        if self.agent is None:
            raise RuntimeError("there is no tracker store")
        await answers(self.agent.tracker_store)

    async def _ask_the_store(self) -> None:
        await asyncio.to_thread(_write_nothing, self._store)


def serve_health(app: Sanic, readiness: Readiness, web: WebSettings, who: Probes) -> None:
    """/healthz: this process serves. /readyz: it can answer, else 503 with the part that cannot. / needs that too.

    Both are for this machine and for the operator's networks; others get 403.
    """

    @app.get("/healthz")
    async def healthz(request: Request) -> HTTPResponse:
        return _json({"serving": True}) if _may_ask(request, web, who) else _json({"error": "address"}, 403)

    @app.get("/readyz")
    async def readyz(request: Request) -> HTTPResponse:
        if not _may_ask(request, web, who):
            return _json({"error": "address"}, 403)
        parts = await readiness.parts()
        return _json({"ready": all(parts.values()), **parts}, 200 if all(parts.values()) else 503)

    @app.on_request
    async def turn_owners_away(request: Request) -> Optional[HTTPResponse]:
        if request.path != "/" or request.method not in ("GET", "HEAD"):
            return None
        return None if all((await readiness.parts()).values()) else away(request)


def _may_ask(request: Request, web: WebSettings, who: Probes) -> bool:
    """Whether a probe comes from where it may; through a proxy that the operator did not tell us of, nobody knows."""
    if not web.proxies and any(header in request.headers for header in _BY_PROXIES):
        return False
    source = source_of(request, web)
    return source is not None and who.may_ask(source)


async def _nothing() -> None:
    """Done as soon as the thread has time for it."""


def _write_nothing(store: Database) -> None:
    with store.writing():
        pass


def _json(content: Mapping[str, Any], status: int = 200) -> HTTPResponse:
    return HTTPResponse(json.dumps(content), status, {"Cache-Control": "no-store"}, "application/json")
