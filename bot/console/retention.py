"""What of the conversations is removed in the next days, and a file of it for whoever wants to keep it before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Iterator, List, Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.leaving_file import Kind, Line, line_of, written
from bot.console.pages import download, page
from bot.console.visit import Visit
from bot.days import day_in_japan
from bot.operator.desk import desk
from bot.sheets.shape import JAPAN
from bot.store import Leaving, LeavingTurns, Period

RETENTION = "/retention"
DAYS = 7
_KINDS = {Kind.CSV: "text/csv; charset=utf-8", Kind.JSON: "application/json"}


@dataclass(frozen=True)
class Goes:
    """What goes on a day: said on the day `said_on`. What should be gone already has no `on`, and goes next."""

    on: Optional[date]
    said_on: date
    period: Period

    @property
    def name(self) -> str:
        """How a form names it."""
        return self.on.isoformat() if self.on is not None else "overdue"


async def retention_page(visit: Visit) -> HTTPResponse:
    """How much goes, by day."""
    return await _page(visit, None)


async def export(visit: Visit) -> HTTPResponse:
    """All turns that go on a day, as a file. Whose words are in it is noted first."""
    days = {goes.name: goes for goes in _days(visit.console.clock())}
    goes, kinds = days.get(visit.sent("day")), {kind.value: kind for kind in Kind}
    kind = kinds.get(visit.sent("kind"))
    if goes is None or kind is None:
        return await _page(visit, "which")
    content = await asyncio.to_thread(_file, visit, goes.period, kind)
    return download(content, f"kaiwa-{goes.name}.{kind.value}", _KINDS[kind])


async def _page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    days = list(_days(visit.console.clock()))
    return page(
        visit,
        "retention",
        200 if problem is None else 422,
        problem=problem,
        days=await asyncio.to_thread(_counted, visit, days),
        kinds=list(Kind),
        keep_days=desk().keep_days,
        may_export=any(route.name == "export" and route.lets_in(visit.session) for route in visit.console.routes),
    )


def _counted(visit: Visit, days: List[Goes]) -> List[Tuple[Goes, Leaving]]:
    leaving = LeavingTurns(visit.console.store)
    return [(goes, leaving.counted(goes.period)) for goes in days]


def _file(visit: Visit, period: Period, kind: Kind) -> bytes:
    lines = list(_lines(visit, period))
    visit.console.audit.exported(visit.by, kind.value, dict.fromkeys(line.conversation for line in lines))
    return written(lines, kind)


def _lines(visit: Visit, period: Period) -> Iterator[Line]:
    leaving = LeavingTurns(visit.console.store)
    turns = leaving.some(period)
    while turns:
        yield from map(line_of, turns)
        turns = leaving.some(period, after=turns[-1])


def _days(now: float) -> Iterator[Goes]:
    """What should be gone already, then today and the days behind it."""
    today, kept = day_in_japan(now), timedelta(days=desk().keep_days)
    first = today - kept
    yield Goes(None, first - timedelta(days=1), Period(0.0, _begins(first)))
    for number in range(DAYS):
        said_on = first + timedelta(days=number)
        period = Period(_begins(said_on), _begins(said_on + timedelta(days=1)))
        yield Goes(said_on + kept, said_on, period)


def _begins(day: date) -> float:
    return datetime.combine(day, time(), JAPAN).timestamp()
