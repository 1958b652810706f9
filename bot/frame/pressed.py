"""Which pressed choices are settled by their ids alone, where the consultation stands."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from bot.consult.choices import can_be_pressed
from bot.consult.reading.understood import PRESSED
from bot.consult.state.kept import GetSlot, consultation_in
from bot.frame.known import knowledge


def is_settled(metadata: Optional[Mapping[str, Any]], get_slot: GetSlot) -> bool:
    """Whether a message is a choice that was pressed and still counts; `get_slot` is the tracker's.

    A choice of an earlier question no longer counts: its label is then read as if it had been typed.
    """
    pressed = (metadata or {}).get(PRESSED)
    return pressed is not None and can_be_pressed(knowledge(), consultation_in(get_slot), pressed)
