"""The list of conversations: by last activity, looked through by words and filters, which each person may keep."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Dict, Mapping, Optional, Tuple
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from bot.console.filters import asked_of, in_an_address, wanted_of
from bot.console.named import named
from bot.console.pages import go_to, page
from bot.console.visit import Visit
from bot.masking import masked
from bot.normalization import readable
from bot.review import ReviewReason
from bot.store import (
    Action,
    ConversationFilter,
    Conversations,
    Page,
    SavedFilter,
    SavedFilters,
    Searches,
    Spot,
    Standing,
    TurnRecords,
)

LIST = "/conversations"
ON_A_PAGE = 25
CHANNELS = ("web", "line", "slack", "rest")
LONGEST_NAME = 40
_LONGEST_WORDS = 70
_WITH_WORDS = "words"


@dataclass(frozen=True)
class _Asked:
    """What is looked for, and how its address says so; `gone`: it was, and is not known any more."""

    wanted: ConversationFilter
    address: str
    saved: Optional[str] = None
    gone: bool = False


@dataclass(frozen=True)
class _Found:
    """A page of the list, the first words of each, and the filters of whoever asks."""

    page: Page
    words: Mapping[str, str]
    saved: Tuple[SavedFilter, ...]


async def conversations_page(visit: Visit) -> HTTPResponse:
    """The latest conversations that are wanted, or those behind one (`after`)."""
    return await asyncio.to_thread(_page, visit)  # not on the loop that serves owners: it takes some 20 ms


async def look_for(visit: Visit) -> HTTPResponse:
    """Look for words, or by a filter. Words do not stand in the address that this leads to."""
    wanted = wanted_of(visit.sent)
    detail = _WITH_WORDS if wanted.words else None
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.SEARCHED, None, detail)
    if not wanted.words:
        return go_to(visit, f"{LIST}?{in_an_address(wanted)}")
    name = await asyncio.to_thread(_searches(visit).keep, wanted)
    return go_to(visit, f"{LIST}?{urlencode({'search': name})}")


async def save_filter(visit: Visit) -> HTTPResponse:
    """Keep what is looked for under a name; one of the same name is replaced."""
    wanted, name = wanted_of(visit.sent), _filter_name(visit)
    if not name:
        return await asyncio.to_thread(_page, visit, _Asked(wanted, in_an_address(wanted)), "name")
    await asyncio.to_thread(_filters(visit).save, name, wanted)
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.FILTER_SAVED)
    return go_to(visit, f"{LIST}?{urlencode({'saved': _key(name), 'said': 'filter_saved'})}")


async def remove_filter(visit: Visit) -> HTTPResponse:
    """Keep a filter no longer."""
    await asyncio.to_thread(_filters(visit).remove, _filter_name(visit))
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.FILTER_REMOVED)
    return go_to(visit, f"{LIST}?said=filter_removed")


def _page(visit: Visit, instead: Optional[_Asked] = None, problem: Optional[str] = None) -> HTTPResponse:
    asked, after = instead or _asked(visit), _spot(visit.asked("after"))
    found = _found(visit, asked.wanted, after)
    then = found.page.then
    behind = urlencode({"after": f"{then.last_at!r}~{then.conversation}"}) if then is not None else None
    return page(
        visit,
        "conversations",
        200 if problem is None else 422,
        asked=asked_of(asked.wanted),
        gone=asked.gone,
        problem=problem,
        conversations=found.page.conversations,
        first_words=found.words,
        is_first=after is None,
        first=asked.address,
        older="&".join(filter(None, [asked.address, behind])) if behind else None,
        is_short=then is not None and len(found.page.conversations) < ON_A_PAGE,
        saved=[(one.name, _key(one.name), one.wanted is not None) for one in found.saved],
        chosen=asked.saved,
        longest_name=LONGEST_NAME,
        channels=CHANNELS,
        standings=list(Standing),
        reasons=list(ReviewReason),
        named=named(),
    )


def _found(visit: Visit, wanted: ConversationFilter, after: Optional[Spot]) -> _Found:
    """What is found. Whose words are shown is noted first: what cannot be noted is not shown."""
    store = visit.console.store
    listed = Conversations(store, visit.console.looks_for_s).listed(wanted, after, ON_A_PAGE, visit.console.clock())
    words = TurnRecords(store).first_words([one.conversation for one in listed.conversations])
    if words:
        visit.console.audit.listed(visit.by, list(words))
    return _Found(listed, {name: _in_short(first) for name, first in words.items()}, _filters(visit).all())


def _asked(visit: Visit) -> _Asked:
    """What the address asks for: a search of theirs, a filter that they keep, or what it says itself."""
    search, saved = visit.asked("search"), visit.asked("saved")
    if search:
        kept = _searches(visit).get(search)
        return _Asked(kept, urlencode({"search": search})) if kept is not None else _gone()
    if saved:
        there: Dict[str, SavedFilter] = {_key(one.name): one for one in _filters(visit).all()}
        chosen = there.get(saved)
        if chosen is None or chosen.wanted is None:
            return _gone()
        return _Asked(chosen.wanted, urlencode({"saved": saved}), chosen.name)
    wanted = wanted_of(lambda name: visit.asked(name) if name != "words" else "")
    return _Asked(wanted, in_an_address(wanted))


def _gone() -> _Asked:
    return _Asked(ConversationFilter(), "", gone=True)


def _searches(visit: Visit) -> Searches:
    return Searches(visit.console.store, visit.account.name, visit.console.clock)


def _filters(visit: Visit) -> SavedFilters:
    return SavedFilters(visit.console.store, visit.account.name)


def _filter_name(visit: Visit) -> str:
    return " ".join(readable(visit.sent("name")).split())[:LONGEST_NAME]


def _key(name: str) -> str:
    """The name of a filter as addresses have it: staff may have written an owner's words into it."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _spot(after: str) -> Optional[Spot]:
    """The place in the list that an address names; None where it names none."""
    at, _, conversation = after.partition("~")
    try:
        return Spot(float(at), conversation) if conversation else None
    except ValueError:
        return None


def _in_short(words: str) -> str:
    """The beginning of an owner's words, in one line."""
    line = " ".join(masked(words).split())
    return line if len(line) <= _LONGEST_WORDS else f"{line[:_LONGEST_WORDS]}…"
