"""The thread in which turns are computed, so that the loop that serves goes on acknowledging meanwhile."""

from __future__ import annotations

import asyncio
import threading
from functools import lru_cache
from typing import Any, Coroutine, TypeVar

Result = TypeVar("Result")


class Thinking:
    """One thread with an event loop of its own.

    A turn keeps its loop busy for some 30 ms. On the loop that serves, an acknowledgement, which takes several rounds
    of it, waited for a turn in each. All that belongs to Rasa's agent runs here, since much of it is bound to one loop.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, name="thinking", daemon=True).start()

    async def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What comes of `work`, done in the thread. Whoever is cancelled while they wait for it cancels it too."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))


@lru_cache(maxsize=1)
def thinking() -> Thinking:
    """The one thread of this process."""
    return Thinking()
