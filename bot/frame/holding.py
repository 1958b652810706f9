"""What must still be so when a turn is saved: that nobody else has taken the conversation over meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Awaitable, Callable, Iterator, Optional

StillHeld = Callable[[], Awaitable[None]]
_STILL_HELD: ContextVar[Optional[StillHeld]] = ContextVar("still_held", default=None)


@contextmanager
def saved_only_if(still_held: StillHeld) -> Iterator[None]:
    """Turns taken in here are saved only if this raises nothing; what it raises, the turn raises.

    Within another, both are asked, the outer one first.
    """
    outer = _STILL_HELD.get()

    async def both() -> None:
        if outer is not None:
            await outer()
        await still_held()

    before = _STILL_HELD.set(both)
    try:
        yield
    finally:
        _STILL_HELD.reset(before)


async def check_still_held() -> None:
    """Raises what `saved_only_if` was told to, where the turn being taken must not be saved any more."""
    still_held = _STILL_HELD.get()
    if still_held is not None:
        await still_held()
