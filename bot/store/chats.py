"""Which chat of an outside service a conversation is held in: the one place that knows its address there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Optional

import sqlalchemy
from sqlalchemy import Column, Text, UniqueConstraint, select

from bot.store.database import TABLES, Database

_CHATS = sqlalchemy.Table(
    "chats",
    TABLES,
    Column("conversation", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("address", Text, nullable=False),
    UniqueConstraint("channel", "account", "address"),
)
_OF = _CHATS.c


@dataclass(frozen=True)
class Chat:
    """Where to reach whoever a conversation is with: our `account` at the service, and their `address` there."""

    account: str
    address: str


class Chats:
    """The chats of one channel. Every call raises StoreError where the store fails.

    A conversation's name is random, so that logs and trackers hold no address of an owner; once a chat is forgotten,
    nobody can tell whose conversation it was.
    """

    def __init__(self, store: Database, channel: str) -> None:
        self._store = store
        self._channel = channel

    def conversation(self, chat: Chat) -> str:
        """The conversation of a chat, begun where there is none yet."""
        with self._store.writing() as store:
            return conversation_of(chat, self._channel, self._store, store)

    def of(self, conversation: str) -> Optional[Chat]:
        """The chat of a conversation; None where it was forgotten or never known."""
        with self._store.reading() as store:
            row = store.execute(select(_CHATS).where(_OF.conversation == conversation)).one_or_none()
        return Chat(row.account, row.address) if row else None

    def remember(self, conversation: str, chat: Chat) -> None:
        """Hold a chat in this conversation again, unless it is held in another by now."""
        with self._store.writing() as store:
            store.execute(self._store.insert_new(_CHATS).values(_row(conversation, self._channel, chat)))

    def forget(self, conversation: str) -> None:
        """Erase where a conversation was held; what comes from there begins a new one."""
        with self._store.writing() as store:
            store.execute(_CHATS.delete().where(_OF.conversation == conversation))


def conversation_of(chat: Chat, channel: str, database: Database, store: sqlalchemy.engine.Connection) -> str:
    """The conversation of a chat, begun where there is none yet, within a transaction that writes."""
    here = (_OF.channel == channel, _OF.account == chat.account, _OF.address == chat.address)
    known: Optional[str] = store.execute(select(_OF.conversation).where(*here)).scalar()
    if known is None:
        row = _row(f"{channel}-{uuid.uuid4().hex}", channel, chat)
        store.execute(database.insert_new(_CHATS).values(row))
        known = store.execute(select(_OF.conversation).where(*here)).scalar()  # another process may have been first
    assert known is not None
    return known


def _row(conversation: str, channel: str, chat: Chat) -> "dict[str, str]":
    return {"conversation": conversation, "channel": channel, "account": chat.account, "address": chat.address}
