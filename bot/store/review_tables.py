"""The tables of the review: which reasons to look at a turn are settled, and what staff proposes to learn from it."""

from __future__ import annotations

import sqlalchemy
from sqlalchemy import Column, Float, Index, Integer, Text, UniqueConstraint

from bot.store.database import TABLES

# `said_at` is when the message came: what is of it is kept as long as it is.
SETTLED = sqlalchemy.Table(
    "review_settled",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("said_at", Float, nullable=False),
    UniqueConstraint("conversation", "number", "reason"),
    Index("review_settled_by_time", "said_at"),
)
# A row for each message; what was proposed at once, and is decided at once, has one `together`.
PROPOSALS = sqlalchemy.Table(
    "review_proposals",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("together", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("said_at", Float, nullable=False),
    Column("proposal", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Float),
    Column("written", Text),
    Index("review_proposals_together", "together"),
    Index("review_proposals_by_state", "state", "id"),
    Index("review_proposals_by_time", "said_at"),
)
_STANDS = PROPOSALS.c.state.in_(("proposed", "approved", "written"))
# Of two who correct the same message at once, one is first.
Index(
    "one_proposal_stands",
    PROPOSALS.c.conversation,
    PROPOSALS.c.number,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)
