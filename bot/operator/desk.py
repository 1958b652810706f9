"""What the operator of this desk offers beside the bot; everything is off until the environment says otherwise."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Optional

from bot.operator.set_up import SetUpError

STAFF = "KAKARITSUKE_STAFF"
CALL_BACK = "KAKARITSUKE_CALL_BACK"
HOURS = "KAKARITSUKE_STAFF_HOURS"
KEEP_DAYS = "KAKARITSUKE_KEEP_DAYS"
PUBLIC_URL = "KAKARITSUKE_PUBLIC_URL"
SHEET_DAYS = "KAKARITSUKE_SHEET_DAYS"
_MOST_KEEP_DAYS = 3650
_MOST_SHEET_DAYS = 366
_SWITCH = {"": False, "off": False, "on": True}


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


def desk() -> Desk:
    """The desk as the environment has it now (docs/operations.md). Raises DeskError for a setting that is neither."""
    staff, call_back = _switch(STAFF), _switch(CALL_BACK)
    if call_back and not staff:
        raise DeskError(f"{CALL_BACK}=on: nobody could call back; set {STAFF}=on as well")
    keep_days = _days(KEEP_DAYS, Desk.keep_days, _MOST_KEEP_DAYS)
    sheet_days = _days(SHEET_DAYS, Desk.sheet_days, _MOST_SHEET_DAYS)
    return Desk(staff, call_back, os.environ.get(HOURS, "").strip() or None, keep_days, sheet_days)


def _days(name: str, usual: int, most: int) -> int:
    days = os.environ.get(name, "").strip() or str(usual)
    if not (days.isascii() and days.isdigit()) or not 1 <= int(days) <= most:
        raise DeskError(f"{name}: expected whole days from 1 to {most}, found {days!r}")
    return int(days)


def public_url() -> str:
    """The address under which owners reach the bot, without a slash at its end.

    `python -m bot run` sets it to where it listens, unless the operator has. Raises DeskError where it is none.
    """
    address = os.environ.get(PUBLIC_URL, "").strip().rstrip("/")
    if not address.startswith(("https://", "http://")):
        raise DeskError(f"{PUBLIC_URL}: expected an address such as https://soudan.example.jp, found {address!r}")
    return address


def _switch(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in _SWITCH:
        raise DeskError(f"{name}: expected on or off, found {value!r}")
    return _SWITCH[value]
