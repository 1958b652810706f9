"""What Rasa does not keep: which conversations wait for staff. No Rasa, no knowledge of issues."""

from bot.store.handoffs import (
    Handoff,
    Handoffs,
    Reason,
    SqliteHandoffs,
    State,
    StoreError,
    handoffs,
    is_with_staff,
)

__all__ = [
    "Handoff",
    "Handoffs",
    "Reason",
    "SqliteHandoffs",
    "State",
    "StoreError",
    "handoffs",
    "is_with_staff",
]
