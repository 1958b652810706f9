"""Where the operator's own file of offices lies (docs/operations.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bot.operator.environment import Settings
from bot.paths import ROOT

OFFICES = "KAKARITSUKE_OFFICES"
_USUAL = ROOT / "data" / "knowledge" / "offices_local.yml"


class OfficesSettings(Settings):
    """A path; blank: no file, not even the usual one."""

    blank_is_unset = False

    offices: Optional[str] = None


@dataclass(frozen=True)
class OfficesFile:
    """The file, and what complaints about it call it."""

    path: Path
    called: str


def offices_file(usual: Path = _USUAL) -> Optional[OfficesFile]:
    """The file that the environment names, which must be there, or else the usual one where it is; None: none.

    Raises SetUpError where the name is no text.
    """
    named = OfficesSettings.now().offices
    if named:
        return OfficesFile(Path(named), f"{OFFICES}={named}")
    if named is None and usual.exists():
        return OfficesFile(usual, usual.name)
    return None


def place_of_offices(usual: Path = _USUAL) -> Optional[Path]:
    """Where the file lies, or would lie if there were one; None where the operator wants none."""
    found = offices_file(usual)
    if found is not None:
        return found.path
    return usual if OfficesSettings.now().offices is None else None
