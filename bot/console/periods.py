"""The periods that figures are of, by days in Japan, and the period before each, which it is compared with."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Optional

from bot.days import day_in_japan
from bot.sheets.shape import JAPAN
from bot.store import Period

_DAY = timedelta(days=1)
_DAY_S = 86_400.0


class Chosen(str, Enum):
    """Which days somebody wants to see; OWN are those that they name."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    DAYS_90 = "days_90"
    OWN = "own"


@dataclass(frozen=True)
class Days:
    """From a day to another, both within."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1

    @property
    def period(self) -> Period:
        """From the midnight in Japan with which the first begins to the one with which the last ends."""
        return Period(_midnight(self.first), _midnight(self.last + _DAY))


@dataclass(frozen=True)
class Compared:
    """Some days and those before, which they are compared with."""

    days: Days
    before: Days


def compared(chosen: Chosen, today: date, own: Optional[Days] = None) -> Compared:
    """The days that are wanted, and those before; `own` for OWN.

    A month is compared with the month before, this one up to the same day of it; other days with as many before them.
    """
    if chosen is Chosen.THIS_MONTH:
        before = month_before(today)
        last = min(today.day, before.count)
        return Compared(Days(today.replace(day=1), today), Days(before.first, before.first.replace(day=last)))
    if chosen is Chosen.LAST_MONTH:
        month = month_before(today)
        return Compared(month, month_before(month.first))
    days = own if chosen is Chosen.OWN and own is not None else Days(today - 89 * _DAY, today)
    return Compared(days, Days(days.first - days.count * _DAY, days.first - _DAY))


def month_of(day: date) -> Days:
    """The month that a day is in."""
    return Days(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def month_before(day: date) -> Days:
    """The month before the one that a day is in."""
    return month_of(day.replace(day=1) - _DAY)


def kept_since(now: float, keep_days: int) -> date:
    """The first day of which all is still kept, where what is older than so many days is removed."""
    return day_in_japan(now - keep_days * _DAY_S) + _DAY


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN).timestamp()
