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
from bot.store.claims import BotIsSpeakingError, Claim
from bot.store.conversations import ConversationFilter, Conversations, Listed, Page, Spot, Standing
from bot.store.database import Database, StoreError, UnfitError, database
from bot.store.figures import (
    AskedCount,
    Count,
    Figures,
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
)
from bot.store.holding import LostHoldError, TakenOverError
from bot.store.inbox import Arrival, Condition, Delivery, Inbox
from bot.store.questions import Question, Questions
from bot.store.ratings import Rating, Ratings
from bot.store.saved_filters import SavedFilter, SavedFilters
from bot.store.sessions import Session, Sessions, Stage
from bot.store.sheets import Sheets, StoredSheet, TooManySheetsError, sheets
from bot.store.staff_lines import Line, Sending, StaffLine, StaffLines, channel_of
from bot.store.takeovers import (
    LONGEST_SHOWN_NAME,
    ClaimedError,
    NothingThereError,
    NotYoursError,
    Takeovers,
    Told,
    Waiting,
)
from bot.store.tellings import Telling, Tellings
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
from bot.store.turnstile import ChangedHandsError, Turnstile, With, who_has
from bot.store.unsent import Unsent

__all__ = [
    "LONGEST_SHOWN_NAME",
    "Account",
    "Accounts",
    "Action",
    "Arrival",
    "AskedCount",
    "AskedQuestion",
    "Audit",
    "Author",
    "BotIsSpeakingError",
    "By",
    "ChangedHandsError",
    "Chat",
    "Chats",
    "Claim",
    "ClaimedError",
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
    "Handoff",
    "Handoffs",
    "Heard",
    "HeardFact",
    "HeardMove",
    "Hearing",
    "IdReusedError",
    "Inbox",
    "LastAdministratorError",
    "Line",
    "Listed",
    "LostHoldError",
    "NameTakenError",
    "NoAccountError",
    "NotYoursError",
    "Noted",
    "NothingThereError",
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
    "Sending",
    "Session",
    "Sessions",
    "Sheets",
    "Spoken",
    "Spot",
    "StaffLine",
    "StaffLines",
    "Stage",
    "Standing",
    "State",
    "StateAfter",
    "StoreError",
    "StoredHandoffs",
    "StoredSheet",
    "SubIssueCount",
    "TakenOverError",
    "Takeovers",
    "Told",
    "Telling",
    "Tellings",
    "TooManySheetsError",
    "Transcripts",
    "TurnRecord",
    "TurnRecords",
    "Turnstile",
    "Unanswered",
    "UnfitError",
    "Unsent",
    "Waiting",
    "Wanted",
    "WhatDecided",
    "WhatWasHeard",
    "With",
    "accounts",
    "channel_of",
    "database",
    "handoffs",
    "sheets",
    "turn_records",
    "who_has",
]
