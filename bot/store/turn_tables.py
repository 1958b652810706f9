"""The tables in which turns are recorded for staff, and what conversations are found and counted by."""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy import Boolean, Column, Float, Index, Integer, Text, UniqueConstraint
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.normalization import normalized
from bot.store.database import TABLES

TURNS = sqlalchemy.Table(
    "turn_records",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("channel", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("pressed", Text),
    Column("taken_back", Boolean, nullable=False),
    Column("issue", Text),
    Column("sub_issue", Text),
    Column("prefecture", Text),
    Column("question", Text),
    Column("paused", Boolean, nullable=False),
    Column("stands_open", Boolean, nullable=False),
    Column("road_shown", Boolean, nullable=False),
    Column("milliseconds", Float),
    Column("model", Text),
    Column("heard", Text),
    Column("decided", Text, nullable=False),
    Column("said", Text, nullable=False),
    UniqueConstraint("conversation", "number"),
    UniqueConstraint("conversation", "message_id"),
    Index("turns_by_time", "at"),
)
# One row a conversation, so that a list of them reads nothing else. `issue`, `sub_issue` and `prefecture` are the last
# that were known, `question` and `stands_open` as the last turn left them; who has the conversation, `handoffs` know.
# `begun_on` is a day in Japan. `spoke`: the owner wrote or pressed something, and did not only come in. `issues` were
# in hand at some time, `reasons` for review had any of its turns: each in a line of its own, as `line` writes it.
# `useful` is how its owner rated it.
# Both indexes hold all that is asked for in a list and in the figures: of 100,000 conversations the rows themselves
# take ten times as long to be read, one here, one there.
CONVERSATIONS = sqlalchemy.Table(
    "conversations",
    TABLES,
    Column("conversation", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("begun_at", Float, nullable=False),
    Column("begun_on", Text, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("spoke", Boolean, nullable=False),
    Column("issue", Text),
    Column("sub_issue", Text),
    Column("prefecture", Text),
    Column("question", Text),
    Column("stands_open", Boolean, nullable=False),
    Column("road_at", Float),
    Column("issues", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("useful", Boolean),
    Column("words_part", Integer, nullable=False),
    Index(
        "conversations_by_activity",
        *("spoke", "last_at", "conversation", "channel", "prefecture", "question", "stands_open", "road_at"),
        *("issues", "reasons", "useful"),
    ),
    Index(
        "conversations_by_beginning",
        *("spoke", "begun_at", "begun_on", "channel", "prefecture", "turns", "road_at"),
        *("stands_open", "question", "last_at"),
    ),
)
# Every matter that was in hand in a conversation, since when.
MATTERS = sqlalchemy.Table(
    "conversation_matters",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("issue", Text, nullable=False),
    Column("sub_issue", Text, nullable=False),  # "" where it was not clear: NULLs would all differ
    Column("at", Float, nullable=False),
    UniqueConstraint("conversation", "issue", "sub_issue"),
    Index("matters_by_issue", "issue", "sub_issue", "conversation", "at"),
    Index("matters_by_time", "at"),
)
REASONS = sqlalchemy.Table(
    "turn_reasons",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("conversation", "number", "reason"),
    Index("reasons_by_kind", "reason", "at", "conversation"),
    Index("reasons_by_time", "at"),
)
ASKED = sqlalchemy.Table(
    "asked",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("about", Text, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("conversation", "number", "place"),
    Index("asked_by_kind", "about", "answered", "at"),
    Index("asked_by_time", "at"),
)
# All that an owner wrote, as `spelled`, some messages a row: what is searched. One row a message would be read several
# times as slowly, and one a conversation would be written anew as a whole with every turn. Each message has a
# line of its own, with a line break before and behind it.
WORDS = sqlalchemy.Table(
    "owners_words",
    TABLES,
    Column("conversation", Text, nullable=False),
    Column("part", Integer, nullable=False),
    Column("begun_at", Float, nullable=False),
    Column("words", Text, nullable=False),
    UniqueConstraint("conversation", "part"),
    Index("words_by_time", "begun_at"),
)
# Whatever has a row in one of these has one in `conversations`.
BESIDE_CONVERSATIONS = (TURNS, MATTERS, REASONS, ASKED, WORDS)


def spelled(words: str) -> str:
    """Words as they are searched: in one line, one width and one case."""
    return normalized(words).casefold()


def line(word: str) -> str:
    """A word as it stands among others in one text, and as it is looked for there."""
    return f"\n{word}\n"


def lines(*words: str) -> str:
    """Several words in one text, each once, each to be found as `line`; empty where there is none."""
    return "\n" + "".join(f"{word}\n" for word in dict.fromkeys(words)) if words else ""


class position_in(FunctionElement):  # type: ignore[misc] # noqa: N801
    """Where a text stands in another (from 1), 0 where it does not: half as long as LIKE takes in SQLite."""

    type = Integer()
    inherit_cache = True


@compiles(position_in, "sqlite")  # type: ignore[untyped-decorator]
def _in_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"instr({compiler.process(element.clauses, **more)})"


@compiles(position_in, "postgresql")  # type: ignore[untyped-decorator]
def _in_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **more)})"
