"""The log of what staff did and read, for administrators: by person, action, matter and time, page by page."""

from __future__ import annotations

import asyncio
from typing import Dict, Optional
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from bot.console.pages import page
from bot.console.times import time_in_japan
from bot.console.visit import Visit
from bot.normalization import readable
from bot.store import Action, Noted, Wanted

ON_A_PAGE = 50
_LONGEST = 200
_FILTERS = ("who", "action", "about", "since", "until")


async def audit_page(visit: Visit) -> HTTPResponse:
    """The newest entries that are wanted, or those after one (`after`, its number)."""
    asked = {name: _text(visit.asked(name)) for name in _FILTERS}
    after = await _entry(visit, visit.asked("after"))
    found = await asyncio.to_thread(visit.console.audit.entries, _wanted(asked), ON_A_PAGE + 1, after)
    entries, further = found[:ON_A_PAGE], found[ON_A_PAGE:]
    shown = {name: text for name, text in asked.items() if text}
    return page(
        visit,
        "_entries" if visit.is_part else "audit",
        asked=asked,
        entries=entries,
        is_first=after is None,
        is_part=visit.is_part,
        first=urlencode(shown),
        older=urlencode({**shown, "after": entries[-1].id}) if further else None,
        actions=list(Action),
        people=[account.name for account in await asyncio.to_thread(visit.console.accounts.all)],
    )


async def _entry(visit: Visit, number: str) -> Optional[Noted]:
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    return await asyncio.to_thread(visit.console.audit.entry, int(number))


def _wanted(asked: Dict[str, str]) -> Wanted:
    known = {action.value for action in Action}
    return Wanted(
        who=asked["who"] or None,
        action=Action(asked["action"]) if asked["action"] in known else None,
        about=asked["about"] or None,
        since=time_in_japan(asked["since"]),
        until=time_in_japan(asked["until"]),
    )


def _text(sent: str) -> str:
    return readable(sent).strip()[:_LONGEST]
