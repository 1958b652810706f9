"""The first page: how many wait for somebody of staff, and since when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Optional

from sanic.response import HTTPResponse

from bot.console.pages import page
from bot.console.visit import Visit
from bot.operator.desk import desk
from bot.store import Reason


@dataclass(frozen=True)
class Waiting:
    """How many conversations wait for somebody to take them over, by why.

    `since` is when the first of them began to (Unix seconds).
    """

    distress: int
    asked: int
    call_back: int
    since: Optional[float]

    @property
    def in_all(self) -> int:
        """All of them."""
        return self.distress + self.asked + self.call_back


async def home(visit: Visit) -> HTTPResponse:
    """What waits."""
    return page(visit, "home", waiting=await _waiting(visit), staff=desk().staff)


async def waiting(visit: Visit) -> HTTPResponse:
    """The same without the page around it, which asks for it from time to time."""
    return page(visit, "_waiting", waiting=await _waiting(visit), staff=desk().staff)


async def anything_else(visit: Visit) -> HTTPResponse:
    """There is no such page."""
    return page(visit, "not_found", 404)


async def _waiting(visit: Visit) -> Waiting:
    there = [waits for waits in await asyncio.to_thread(visit.console.takeovers.waiting) if waits.claim is None]
    with_us = [waits for waits in there if not waits.back]
    distress = sum(Reason.DISTRESS in waits.reasons for waits in with_us)
    first = min((waits.since for waits in there), default=None)
    return Waiting(distress, len(with_us) - distress, len(there) - len(with_us), first)
