"""A worker's hold on a conversation that it works on: renewed in time, and looked at again before anything counts."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import contextmanager
from typing import Callable, Iterator

from bot.store import LostHoldError, StoreError

_LOGGER = logging.getLogger(__name__)


class Hold:
    """A hold taken just now for `lease_s` seconds. `renew` makes it another lease, and raises LostHoldError."""

    def __init__(self, lease_s: float, renew: Callable[[], None]) -> None:
        self._lease_s = lease_s
        self._renew = renew
        self._taken_at = time.monotonic()

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """The hold is renewed in here, on the running event loop. A store that is away for a moment ends nothing."""
        renewal = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            renewal.cancel()

    async def check(self) -> None:
        """Raises LostHoldError where another has taken over, and StoreError where the store fails.

        As long as half of the lease is left nobody can have, so that the store is asked only after a standstill.
        """
        if time.monotonic() - self._taken_at > self._lease_s / 2:
            await self._renew_now()

    async def _renew_now(self) -> None:
        began = time.monotonic()
        await asyncio.to_thread(self._renew)
        self._taken_at = began

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                await self._renew_now()
            except LostHoldError:
                return  # whoever works on it will notice before anything counts
            except StoreError as error:
                _LOGGER.error("a hold cannot be renewed; trying again in %.0f s: %s", self._lease_s / 3, error)
