"""Which posts of the bot's still offer choices: what has to be changed once their question is answered otherwise."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Mapping, Tuple

import sqlalchemy
from sqlalchemy import Column, Float, Integer, Text, UniqueConstraint, select

from bot.store.database import TABLES, Database

_QUESTIONS = sqlalchemy.Table(
    "questions",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False, index=True),
    Column("event_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("asked_at", Float, nullable=False),
    UniqueConstraint("channel", "ts"),
)
_OF = _QUESTIONS.c


@dataclass(frozen=True)
class Question:
    """A post that offers choices: the event it answers, its place at the service, and its content there."""

    event_id: str
    channel: str
    ts: str
    post: Mapping[str, Any]


class Questions:
    """The open questions of conversations. Every call raises StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def ask(self, conversation: str, question: Question) -> None:
        """A question stands in a conversation; saying so twice changes nothing more."""
        row = {
            "conversation": conversation,
            "event_id": question.event_id,
            "channel": question.channel,
            "ts": question.ts,
            "post": json.dumps(question.post),
            "asked_at": time.time(),
        }
        with self._store.writing() as store:
            store.execute(self._store.insert_new(_QUESTIONS).values(row))

    def open(self, conversation: str) -> Tuple[Question, ...]:
        """The questions of a conversation that nobody has closed, in their order."""
        of_it = select(_QUESTIONS).where(_OF.conversation == conversation).order_by(_OF.id)
        with self._store.reading() as store:
            rows = store.execute(of_it).all()
        return tuple(Question(row.event_id, row.channel, row.ts, json.loads(row.post)) for row in rows)

    def close(self, channel: str, ts: str) -> None:
        """The question at this place offers nothing any more."""
        with self._store.writing() as store:
            store.execute(_QUESTIONS.delete().where(_OF.channel == channel, _OF.ts == ts))

    def forget_conversations(self, beginning: str) -> None:
        """Remove the questions of the conversations whose id begins so."""
        of_them = _OF.conversation.startswith(beginning, autoescape=True)
        with self._store.writing() as store:
            store.execute(_QUESTIONS.delete().where(of_them))


def forget_questions(store: Database, before: float) -> int:
    """Remove what was asked before a time (Unix seconds). Returns how many questions that were."""
    return store.erase(_OF.id, _OF.asked_at < before)
