"""What desk.yml says of staff: when somebody reads what owners write, and who is told that one waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Optional, Tuple

_LONGEST_AHEAD_DAYS = 60


@dataclass(frozen=True)
class OpenTime:
    """Staff is there on these weekdays (0 is Monday) from a time on and before another, in Japan."""

    weekdays: Tuple[int, ...]
    since: time
    until: time


@dataclass(frozen=True)
class Contact:
    """Where somebody of staff is told: a channel of Slack, or an address for mail; one of them."""

    slack: Optional[str] = None
    mail: Optional[str] = None


@dataclass(frozen=True)
class StaffDesk:
    """When staff is there, and whom to tell that somebody waits: one after another, `next_after_s` seconds apart.

    On the days `closed_on` (ISO dates) nobody is there. Without hours staff counts as there.
    """

    hours: Tuple[OpenTime, ...] = ()
    closed_on: Tuple[str, ...] = ()
    tell: Tuple[Contact, ...] = ()
    next_after_s: float = 300.0

    def is_open(self, at: datetime) -> bool:
        """Whether staff is there at a time of Japan."""
        return not self.hours or any(since <= at < until for since, until in self._open_on(at))

    def opens_next(self, at: datetime) -> Optional[datetime]:
        """When staff is there again, after a time of Japan; None where it is there, or not within two months."""
        if self.is_open(at):
            return None
        for ahead in range(_LONGEST_AHEAD_DAYS):
            day = at + timedelta(days=ahead)
            begins = [since for since, _ in self._open_on(day) if since > at]
            if begins:
                return min(begins)
        return None

    def _open_on(self, day: datetime) -> Tuple[Tuple[datetime, datetime], ...]:
        if day.date().isoformat() in self.closed_on:
            return ()
        return tuple(
            (
                datetime.combine(day.date(), hours.since, day.tzinfo),
                datetime.combine(day.date(), hours.until, day.tzinfo),
            )
            for hours in self.hours
            if day.weekday() in hours.weekdays
        )
