"""Lets a turn of the bot's through to be saved and said, where a person of the staff has not come in between."""

from __future__ import annotations

import logging
import time
from enum import Enum

from sqlalchemy.engine import Connection

from bot.operator.desk import desk
from bot.store.claims import claim_in, is_silent, mark, withhold
from bot.store.database import Database, StoreError, database
from bot.store.handoffs import waits_for_a_person
from bot.store.holding import talk

_LOGGER = logging.getLogger(__name__)


class With(Enum):
    """Who has a conversation: the bot, staff that was called and has not come yet, or a person who has."""

    BOT = "bot"
    CALLED = "called"
    PERSON = "person"


class ChangedHandsError(Exception):
    """Who has the conversation is another than when the turn was decided: it is to be decided anew."""


class Turnstile:
    """Every call raises StoreError where the store fails."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def who_has(self, conversation: str) -> With:
        """Who has a conversation now."""
        with self._store.reading() as store:
            return _who_has(store, conversation)

    def begin_to_speak(self, conversation: str, decided: With, changes_it: bool) -> None:
        """Let a turn through that was decided when so had the conversation; nobody claims it until that is said.

        `changes_it`: the turn itself calls staff, or takes the conversation back. Raises ChangedHandsError where
        another has it by now.
        """
        with self._store.writing_alone(talk(conversation)) as store:
            now = _who_has(store, conversation)
            came = now is With.PERSON and decided is not With.PERSON
            if came or (now is not decided and not changes_it):
                raise ChangedHandsError(conversation)
            mark(store, self._store, conversation)

    def withhold(self, conversation: str, message_id: str) -> None:
        """What was decided about a message of the owner's was not said, since a person had come."""
        with self._store.writing_alone(talk(conversation)) as store:
            withhold(store, self._store, conversation, message_id)
            is_silent(store, conversation)


def _who_has(store: Connection, conversation: str) -> With:
    if claim_in(store, conversation, time.time()) is not None:
        return With.PERSON
    return With.CALLED if waits_for_a_person(store, conversation) else With.BOT


def who_has(conversation: str) -> With:
    """Who has a conversation, in the operator's store.

    The bot does where staff was switched off, or the store is lost or fails (that is logged): an owner is never left in
    silence because of it.
    """
    if not desk().staff:
        return With.BOT
    try:
        return Turnstile(database()).who_has(conversation)
    except StoreError:
        _LOGGER.exception("whether staff has the conversation is not known; the bot answers")
        return With.BOT
