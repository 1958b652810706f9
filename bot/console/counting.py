"""Counts what happened in a period at most once a minute, however many look at it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from bot.store import AllFigures, Figures, Gap, Period

_MOST = 16  # periods that are kept at a time


@dataclass(frozen=True)
class Counted:
    """The figures of a period as they were at a time (Unix seconds), and what we had no answer to."""

    at: float
    figures: AllFigures
    gaps: Tuple[Gap, ...]


class Counting:
    """The figures of a period and the one before, as they were within the last `keeps_s` seconds.

    They are counted over all that is kept, which takes half a second of a processor for 100,000 conversations: whoever
    turns the pages is not to take that from owners each time. Several who ask at once wait for one count. Every call
    raises StoreError where the store fails.
    """

    def __init__(self, figures: Figures, clock: Callable[[], float], keeps_s: float = 60.0) -> None:
        self._figures = figures
        self._clock = clock
        self._keeps_s = keeps_s
        self._counted: "OrderedDict[Tuple[Period, Optional[Period]], Counted]" = OrderedDict()
        self._alone = threading.Lock()

    def of(self, period: Period, before: Optional[Period] = None) -> Counted:
        """What happened in a period, beside the one before."""
        with self._alone:
            now, kept = self._clock(), self._counted.get((period, before))
            if kept is None or not kept.at <= now < kept.at + self._keeps_s:
                kept = Counted(now, self._figures.all_of(period, before, now), self._figures.gaps(period))
                self._counted[period, before] = kept
                self._counted.move_to_end((period, before))
                if len(self._counted) > _MOST:
                    self._counted.popitem(last=False)
            return kept
