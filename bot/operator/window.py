"""Where the operator's own file about this window, desk.yml, lies (docs/operations.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bot.operator.environment import Settings

DESK_FILE = "KAKARITSUKE_DESK"


class WindowSettings(Settings):
    """A path, or nothing: then the bot speaks for no window."""

    desk: Optional[str] = None


@dataclass(frozen=True)
class DeskFile:
    """The file, and what complaints about it call it."""

    path: Path
    called: str


def desk_file() -> Optional[DeskFile]:
    """The file that the environment names, which must be there; None where it names none.

    Raises SetUpError where the name is no text.
    """
    named = WindowSettings.now().desk
    return DeskFile(Path(named), f"{DESK_FILE}={named}") if named else None
