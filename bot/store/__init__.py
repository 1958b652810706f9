"""What Rasa does not keep: which conversations wait for staff. No Rasa, no knowledge of issues."""

from bot.store.chats import Chat, Chats
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
from bot.store.unsent import Unsent

__all__ = [
    "Arrival",
    "Chat",
    "Chats",
    "Database",
    "Delivery",
    "Handoff",
    "Handoffs",
    "Inbox",
    "Reason",
    "State",
    "StoreError",
    "StoredHandoffs",
    "Unsent",
    "database",
    "handoffs",
    "is_with_staff",
]
