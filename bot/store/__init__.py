"""What Rasa does not keep, such as handoffs and what pages show again. No Rasa, no knowledge of issues."""

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
from bot.store.transcripts import Author, Entry, Exchange, Heard, Hearing, IdReusedError, Transcripts

__all__ = [
    "Arrival",
    "Author",
    "Database",
    "Delivery",
    "Entry",
    "Exchange",
    "Handoff",
    "Handoffs",
    "Heard",
    "Hearing",
    "IdReusedError",
    "Inbox",
    "Reason",
    "State",
    "StoreError",
    "StoredHandoffs",
    "Transcripts",
    "database",
    "handoffs",
    "is_with_staff",
]
