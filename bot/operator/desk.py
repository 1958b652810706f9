"""What the operator of this desk offers beside the bot; everything is off until the environment says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from bot.operator.environment import Settings, switch, whole
from bot.operator.set_up import SetUpError

STAFF = "KAKARITSUKE_STAFF"
CALL_BACK = "KAKARITSUKE_CALL_BACK"
KEEP_DAYS = "KAKARITSUKE_KEEP_DAYS"


class DeskError(SetUpError):
    """A setting of the operator cannot be read; the message names it and says what is expected."""


@dataclass(frozen=True)
class Desk:
    """Whether staff takes conversations over, when it is there (in words for owners), and whether it calls back.

    `keep_days` is how long after its beginning a handoff is kept that staff has seen to or the owner has ended;
    `sheet_days` how long a consultation sheet is kept.
    """

    staff: bool = False
    call_back: bool = False
    hours: Optional[str] = None
    keep_days: int = 30
    sheet_days: int = 30


class DeskSettings(Settings):
    """The desk as the environment has it."""

    complaint = DeskError

    staff: bool = Desk.staff
    call_back: bool = Desk.call_back
    staff_hours: Optional[str] = Desk.hours
    keep_days: int = Desk.keep_days
    sheet_days: int = Desk.sheet_days

    _on_or_off = switch("staff", "call_back")
    _days = whole("keep_days", least=1, most=3650, called="whole days")
    _sheet_days = whole("sheet_days", least=1, most=366, called="whole days")


def desk() -> Desk:
    """The desk as the environment has it now (docs/operations.md). Raises DeskError for a setting that is neither."""
    found = DeskSettings.now()
    if found.call_back and not found.staff:
        raise DeskError(f"{CALL_BACK}=on: nobody could call back; set {STAFF}=on as well")
    return Desk(found.staff, found.call_back, found.staff_hours, found.keep_days, found.sheet_days)
