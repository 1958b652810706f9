"""What Rasa does not keep: which conversations wait for staff. No Rasa, no knowledge of issues."""

from bot.store.database import Database, StoreError, database
from bot.store.handoffs import (
    Handoff,
    Handoffs,
    Reason,
    State,
    StoredHandoffs,
    handoffs,
    is_with_staff,
)
from bot.store.inbox import Arrival, Delivery, Inbox
from bot.store.sheets import Sheets, StoredSheet, TooManySheetsError, sheets

__all__ = [
    "Arrival",
    "Database",
    "Delivery",
    "Handoff",
    "Handoffs",
    "Inbox",
    "Reason",
    "Sheets",
    "State",
    "StoreError",
    "StoredHandoffs",
    "StoredSheet",
    "TooManySheetsError",
    "database",
    "handoffs",
    "is_with_staff",
    "sheets",
]
