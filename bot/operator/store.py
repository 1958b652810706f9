"""Where the operator keeps what Rasa does not keep."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from pydantic import Field, validator

from bot.operator.environment import Settings

STORE = "KAKARITSUKE_STORE"


class StoreSettings(Settings):
    """A path, or the URL of a PostgreSQL database, which may hold a password; None: where the project keeps files."""

    store: Optional[str] = Field(None, repr=False)

    @validator("store", pre=True)
    def _is_no_folder(cls, store: str) -> str:  # noqa: N805
        if Path(store).is_dir():
            raise ValueError(f"expected a file or postgresql://…, found the folder {store}")
        return store


def store_address() -> Optional[str]:
    """The store that the operator has set. Raises SetUpError where it cannot be one."""
    return StoreSettings.now().store
