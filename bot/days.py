"""How a day is written for owners, the same on every channel, card and page, and which day it is in Japan."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Union

WEEKDAYS = "月火水木金土日"
JAPAN = timezone(timedelta(hours=9))


def day_in_japan(at: float) -> date:
    """The day in Japan at a time in Unix seconds."""
    return datetime.fromtimestamp(at, JAPAN).date()


def written(day: Union[date, str]) -> str:
    """2026年11月28日, for a day or an ISO date such as 2026-11-28. Raises ValueError for any other text."""
    of = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{of.year}年{of.month}月{of.day}日"


def written_moment(at: datetime) -> str:
    """11月28日（土曜日）の9時, and 9時30分, for a time of Japan."""
    minutes = f"{at.minute}分" if at.minute else ""
    return f"{at.month}月{at.day}日（{WEEKDAYS[at.weekday()]}曜日）の{at.hour}時{minutes}"


def written_so_far(day: str) -> str:
    """2026年11月 for 2026-11, 2026年 for 2026, and as `written` for a whole day; empty for an empty text."""
    if day.count("-") == 2:
        return written(day)
    return "".join(f"{int(number)}{unit}" for number, unit in zip(day.split("-"), "年月", strict=False) if number)
