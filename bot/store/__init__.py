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
from bot.store.conversations import LOOKS_FOR_S, ConversationFilter, Conversations, Listed, Page, Spot, Standing
from bot.store.database import Database, StoreError, UnfitError, database
from bot.store.figures import (
    AllFigures,
    AskedCount,
    Count,
    Figures,
    Gap,
    Overview,
    Period,
    SubIssueCount,
    Unanswered,
)
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
from bot.store.leaving import Leaving, LeavingTurns
from bot.store.questions import Question, Questions
from bot.store.ratings import Rating, Ratings
from bot.store.saved_filters import SavedFilter, SavedFilters
from bot.store.searches import Searches
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
from bot.store.turn_records import TurnRecords, turn_records
from bot.store.turn_shape import (
    AskedQuestion,
    HeardFact,
    HeardMove,
    Spoken,
    StateAfter,
    TurnRecord,
    WhatDecided,
    WhatWasHeard,
)
from bot.store.unsent import Unsent

__all__ = [
    "LOOKS_FOR_S",
    "Account",
    "Accounts",
    "Action",
    "Arrival",
    "AllFigures",
    "AskedCount",
    "AskedQuestion",
    "Audit",
    "Author",
    "By",
    "Chat",
    "Chats",
    "Condition",
    "ConversationFilter",
    "Conversations",
    "Count",
    "Database",
    "Delivery",
    "Entry",
    "Exchange",
    "Figures",
    "ForgottenError",
    "Gap",
    "Handoff",
    "Handoffs",
    "Heard",
    "HeardFact",
    "HeardMove",
    "Hearing",
    "IdReusedError",
    "Inbox",
    "LastAdministratorError",
    "Leaving",
    "LeavingTurns",
    "Listed",
    "LostHoldError",
    "NameTakenError",
    "NoAccountError",
    "Noted",
    "Overview",
    "Page",
    "Period",
    "Question",
    "Questions",
    "Rating",
    "Ratings",
    "Reading",
    "Reason",
    "Role",
    "SavedFilter",
    "SavedFilters",
    "Searches",
    "Session",
    "Sessions",
    "Sheets",
    "Spoken",
    "Spot",
    "Stage",
    "Standing",
    "State",
    "StateAfter",
    "StoreError",
    "StoredHandoffs",
    "StoredSheet",
    "SubIssueCount",
    "TooManySheetsError",
    "Transcripts",
    "TurnRecord",
    "TurnRecords",
    "Unanswered",
    "UnfitError",
    "Unsent",
    "Wanted",
    "WhatDecided",
    "WhatWasHeard",
    "accounts",
    "database",
    "handoffs",
    "is_with_staff",
    "sheets",
    "turn_records",
]
