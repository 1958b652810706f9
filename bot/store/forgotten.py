"""Which conversations were forgotten, so that nothing that was under way brings one back: a digest of each name."""

from __future__ import annotations

import hashlib
import time

import sqlalchemy
from sqlalchemy import Column, Float, Text, bindparam, select
from sqlalchemy.engine import Connection

from bot.store.database import TABLES

# Longer than a session on the website can last, whose token would otherwise open the conversation anew.
_REMEMBERED_S = 366 * 86_400.0

_FORGOTTEN = sqlalchemy.Table(
    "forgotten",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("at", Float, nullable=False),
)
_OF = _FORGOTTEN.c
_LATELY = select(_OF.digest).where(_OF.digest == bindparam("this"), _OF.at >= bindparam("since"))


class ForgottenError(Exception):
    """The conversation was forgotten, and is not to be written in any more."""


def note(store: Connection, conversation: str) -> None:
    """A conversation is forgotten from now on; who was forgotten more than a year ago is not known any more."""
    now, its_digest = time.time(), digest(conversation)
    store.execute(_FORGOTTEN.delete().where((_OF.digest == its_digest) | (_OF.at < now - _REMEMBERED_S)))
    store.execute(_FORGOTTEN.insert().values(digest=its_digest, at=now))


def is_forgotten(store: Connection, conversation: str, since: float = 0.0) -> bool:
    """Whether a conversation was forgotten at or after a time (Unix seconds)."""
    return store.execute(_LATELY, {"this": digest(conversation), "since": since}).first() is not None


def require(store: Connection, conversation: str) -> None:
    """Raises ForgottenError where a conversation was forgotten."""
    if is_forgotten(store, conversation):
        raise ForgottenError


def digest(conversation: str) -> str:
    """The name leads to nobody from it, and Slack's names hold ids of people."""
    return hashlib.sha256(conversation.encode()).hexdigest()
