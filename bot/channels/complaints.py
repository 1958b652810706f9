"""What the log says of a failure: what failed and where, and nothing that an owner said or is called."""

from __future__ import annotations

import traceback

from bot.store import StoreError


class ServiceError(Exception):
    """An outside service did not do what it was asked. Its message holds no words of owners, and not their ids."""


def complaint(error: BaseException) -> str:
    """What failed and where. An error that is not ours may quote what it failed on, so its own words are left out."""
    if isinstance(error, (ServiceError, StoreError)):
        return f"{type(error).__name__}: {error}"
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
