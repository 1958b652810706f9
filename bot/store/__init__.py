"""What Rasa does not keep, such as handoffs and what pages show again. No Rasa, no knowledge of issues."""

from bot.store.accounts import (
    Account,
    Accounts,
    LastAdministratorError,
    NameTakenError,
    NoAccountError,
    Role,
    accounts,
)
from bot.store.audit import Action, Audit, By, Noted, Reading, Wanted
from bot.store.chats import Chat, Chats
from bot.store.database import Database, StoreError, UnfitError, database
from bot.store.forgotten import ForgottenError
from bot.store.handoffs import (
    Handoff,
    Handoffs,
    Reason,
    State,
    StoredHandoffs,
    handoffs,
    is_with_staff,
)
from bot.store.holding import LostHoldError
from bot.store.inbox import Arrival, Condition, Delivery, Inbox
from bot.store.questions import Question, Questions
from bot.store.sessions import Session, Sessions, Stage
from bot.store.sheets import Sheets, StoredSheet, TooManySheetsError, sheets
from bot.store.transcripts import (
    Author,
    Entry,
    Exchange,
    Heard,
    Hearing,
    IdReusedError,
    Transcripts,
)
from bot.store.unsent import Unsent

__all__ = [
    "Account",
    "Accounts",
    "Action",
    "Arrival",
    "Audit",
    "Author",
    "By",
    "Chat",
    "Chats",
    "Condition",
    "Database",
    "Delivery",
    "Entry",
    "Exchange",
    "ForgottenError",
    "Handoff",
    "Handoffs",
    "Heard",
    "Hearing",
    "IdReusedError",
    "Inbox",
    "LastAdministratorError",
    "LostHoldError",
    "NameTakenError",
    "NoAccountError",
    "Noted",
    "Question",
    "Questions",
    "Reading",
    "Reason",
    "Role",
    "Session",
    "Sessions",
    "Sheets",
    "Stage",
    "State",
    "StoreError",
    "StoredHandoffs",
    "StoredSheet",
    "TooManySheetsError",
    "Transcripts",
    "UnfitError",
    "Unsent",
    "Wanted",
    "accounts",
    "database",
    "handoffs",
    "is_with_staff",
    "sheets",
]
