"""What the operator of this desk offers beside the bot; everything is off until the environment says otherwise."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Optional

STAFF = "KAKARITSUKE_STAFF"
CALL_BACK = "KAKARITSUKE_CALL_BACK"
HOURS = "KAKARITSUKE_STAFF_HOURS"
PUBLIC_URL = "KAKARITSUKE_PUBLIC_URL"
SHEET_DAYS = "KAKARITSUKE_SHEET_DAYS"
_USUAL_SHEET_DAYS = 30
_MOST_SHEET_DAYS = 366
_SWITCH = {"": False, "off": False, "on": True}


class DeskError(Exception):
    """A setting of the operator cannot be read; the message names it and says what is expected."""


@dataclass(frozen=True)
class Desk:
    """Whether staff takes conversations over, when it is there (in words for owners), and whether it calls back.

    `sheet_days`: how long a consultation sheet is kept.
    """

    staff: bool = False
    call_back: bool = False
    hours: Optional[str] = None
    sheet_days: int = _USUAL_SHEET_DAYS


def desk() -> Desk:
    """The desk as the environment has it now (docs/operations.md). Raises DeskError for a setting that is neither."""
    staff, call_back = _switch(STAFF), _switch(CALL_BACK)
    if call_back and not staff:
        raise DeskError(f"{CALL_BACK}=on: nobody could call back; set {STAFF}=on as well")
    return Desk(staff, call_back, os.environ.get(HOURS, "").strip() or None, _sheet_days())


def public_url() -> str:
    """The address under which owners reach the bot, without a slash at its end.

    `python -m bot run` sets it to where it listens, unless the operator has. Raises DeskError where it is none.
    """
    address = os.environ.get(PUBLIC_URL, "").strip().rstrip("/")
    if not address.startswith(("https://", "http://")):
        raise DeskError(f"{PUBLIC_URL}: expected an address such as https://soudan.example.jp, found {address!r}")
    return address


def _sheet_days() -> int:
    value = os.environ.get(SHEET_DAYS, "").strip() or str(_USUAL_SHEET_DAYS)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= _MOST_SHEET_DAYS:
        raise DeskError(f"{SHEET_DAYS}: expected a number of days from 1 to {_MOST_SHEET_DAYS}, found {value!r}")
    return int(value)


def _switch(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in _SWITCH:
        raise DeskError(f"{name}: expected on or off, found {value!r}")
    return _SWITCH[value]
