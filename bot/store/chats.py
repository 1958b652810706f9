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
        return self._known(chat) or self._begun(chat)

    def of(self, conversation: str) -> Optional[Chat]:
        """The chat of a conversation; None where it was forgotten or never known."""
        with self._store.reading() as store:
            row = store.execute(select(_CHATS).where(_OF.conversation == conversation)).one_or_none()
        return Chat(row.account, row.address) if row else None

    def remember(self, conversation: str, chat: Chat) -> None:
        """Hold a chat in this conversation again, unless it is held in another by now."""
        with self._store.writing() as store:
            store.execute(self._store.insert_new(_CHATS).values(self._row(conversation, chat)))

    def forget(self, conversation: str) -> None:
        """Erase where a conversation was held; what comes from there begins a new one."""
        with self._store.writing() as store:
            store.execute(_CHATS.delete().where(_OF.conversation == conversation))

    def _known(self, chat: Chat) -> Optional[str]:
        with self._store.reading() as store:
            return _conversation_in(store, self._channel, chat)

    def _begun(self, chat: Chat) -> str:
        row = self._row(f"{self._channel}-{uuid.uuid4().hex}", chat)
        with self._store.writing() as store:
            store.execute(self._store.insert_new(_CHATS).values(row))
            begun = _conversation_in(store, self._channel, chat)
        assert begun is not None
        return begun

    def _row(self, conversation: str, chat: Chat) -> "dict[str, str]":
        return {
            "conversation": conversation,
            "channel": self._channel,
            "account": chat.account,
            "address": chat.address,
        }


def _conversation_in(store: sqlalchemy.engine.Connection, channel: str, chat: Chat) -> Optional[str]:
    here = (_OF.channel == channel, _OF.account == chat.account, _OF.address == chat.address)
    conversation: Optional[str] = store.execute(select(_OF.conversation).where(*here)).scalar()
    return conversation
