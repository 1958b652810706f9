"""Where the operator keeps what Rasa does not keep."""

from __future__ import annotations

from typing import Optional

from pydantic import Field

from bot.operator.environment import Settings

STORE = "KAKARITSUKE_STORE"


class StoreSettings(Settings):
    """A path, or the URL of a PostgreSQL database, which may hold a password; None: where the project keeps files."""

    store: Optional[str] = Field(None, repr=False)


def store_address() -> Optional[str]:
    """The store that the operator has set. Raises SetUpError where it is no text."""
    return StoreSettings.now().store
