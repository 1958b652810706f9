"""How a day is written for owners, the same on every channel, card and page."""

from __future__ import annotations

from datetime import date
from typing import Union


def written(day: Union[date, str]) -> str:
    """2026年11月28日, for a day or an ISO date such as 2026-11-28. Raises ValueError for any other text."""
    of = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{of.year}年{of.month}月{of.day}日"
