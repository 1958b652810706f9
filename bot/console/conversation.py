"""One conversation: what its owner said, what was answered and why, the newest turns first, page by page backwards."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.conversations import LIST
from bot.console.named import named
from bot.console.pages import page
from bot.console.visit import Visit
from bot.masking import masked
from bot.operator.desk import desk
from bot.store import (
    Action,
    Conversations,
    Handoff,
    Listed,
    Rating,
    Ratings,
    Sheets,
    StoredHandoffs,
    StoredSheet,
    TurnRecord,
    TurnRecords,
)

ONE = f"{LIST}/<conversation:str>"
ON_A_PAGE = 20
_DAY_S = 86_400.0
_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class _Turns:
    """Some turns, the oldest first; `older` is the number before which there are more."""

    turns: Tuple[TurnRecord, ...]
    older: Optional[int]
    are_newest: bool


@dataclass(frozen=True)
class _Beside:
    """What stands beside the turns.

    `told` is what the owner said lately of their business (slot, value), `goes_from` and `gone_by` when what is kept
    begins to be removed, and when all of it is (Unix seconds).
    """

    listed: Optional[Listed]
    told: Tuple[Tuple[str, str], ...]
    handoffs: Tuple[Handoff, ...]
    sheets: Tuple[StoredSheet, ...]
    rating: Optional[Rating]
    goes_from: Optional[float]
    gone_by: Optional[float]

    @property
    def is_anything(self) -> bool:
        """Whether anything of the conversation is kept."""
        return self.listed is not None or bool(self.handoffs)


async def conversation_page(visit: Visit) -> HTTPResponse:
    """The newest turns, or those before one (`before`, its number); to htmx these alone."""
    return await asyncio.to_thread(_page, visit)  # not on the loop that serves owners: it takes some 40 ms


async def unmask(visit: Visit) -> HTTPResponse:
    """What the owner wrote of how to be called back, once that somebody reads it is noted."""
    name = visit.path["conversation"]
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.UNMASKED, name)
    of_it = await asyncio.to_thread(StoredHandoffs(visit.console.store).of, name)
    wishes = [one for one in of_it if one.call_back is not None]
    return page(visit, "_call_back" if visit.is_part else "call_back", 200, name=name, wishes=wishes)


def _page(visit: Visit) -> HTTPResponse:
    name, before = visit.path["conversation"], _number(visit.asked("before"))
    turns = _turns(visit, name, before)
    if visit.is_part:
        return page(visit, "_turns", name=name, shown=turns, named=named(), masked=masked, is_part=True)
    beside = _beside(visit, name)
    if not beside.is_anything:
        return page(visit, "not_found", 404)
    return page(
        visit,
        "conversation",
        name=name,
        back=_back(visit),
        shown=turns,
        beside=beside,
        named=named(),
        masked=masked,
        keep_days=desk().keep_days,
        may_unmask=_may_unmask(visit),
        is_part=False,
    )


def _back(visit: Visit) -> str:
    """The list as they left it, where they come from there: with its filter, and at its page."""
    there = f"{visit.console.place.base}{LIST}"
    asked = visit.request.headers.getone("referer", "").partition(f"{there}?")[2]
    return f"{there}?{asked}" if asked else there


def _may_unmask(visit: Visit) -> bool:
    return any(route.name == "unmask" and route.lets_in(visit.session) for route in visit.console.routes)


def _turns(visit: Visit, name: str, before: Optional[int]) -> _Turns:
    found = TurnRecords(visit.console.store).of(name, before, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    older = shown[-1].number if len(found) > ON_A_PAGE else None
    return _Turns(tuple(reversed(shown)), older, before is None)


def _beside(visit: Visit, name: str) -> _Beside:
    store, days_s = visit.console.store, desk().keep_days * _DAY_S
    records = TurnRecords(store)
    listed, oldest_at = Conversations(store).one(name, visit.console.clock()), records.oldest_at(name)
    return _Beside(
        listed=listed,
        told=_told(records.of(name, most=ON_A_PAGE)),
        handoffs=StoredHandoffs(store).of(name),
        sheets=Sheets(store).all_of(name),
        rating=Ratings(store).of(name),
        goes_from=oldest_at + days_s if oldest_at is not None else None,
        gone_by=listed.last_at + days_s if listed is not None else None,
    )


def _told(newest_first: Tuple[TurnRecord, ...]) -> Tuple[Tuple[str, str], ...]:
    """The last that an owner said of each thing about their business."""
    found: Dict[str, str] = {}
    for turn in newest_first:
        for fact in turn.heard.facts if turn.heard is not None else ():
            if fact.of_the_owner:
                found.setdefault(fact.slot, fact.value)
    return tuple(found.items())


def _number(text: str) -> Optional[int]:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None
