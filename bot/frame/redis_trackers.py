"""Keeps Rasa's conversations in Redis: each call is given up in time, and one that cannot be read stops nobody else."""

from __future__ import annotations

import json
import logging
from typing import Any, Iterable, Optional, Text, Union

from rasa.core.tracker_store import RedisTrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.trackers import DialogueStateTracker, get_trackers_for_conversation_sessions
from redis.client import Pipeline

from bot.frame.unreadable import UNREADABLE, begun_anew

_SET_ASIDE = "set_aside:"
_LOGGER = logging.getLogger(__name__)


class RedisTrackers(RedisTrackerStore):
    """Rasa's conversations in Redis, each under one key; every call raises RedisError where that fails.

    Set up by `type: redis` in endpoints.yml, with the keys of Rasa's own store, which reads what is kept here. A
    conversation that cannot be read is moved to its key with `set_aside:` before it, a list of what stood there, which
    expires as conversations do (`record_exp`); whoever comes next in it begins anew, with the slot `begins_anew`.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        # Bytes, of connections yet to be made: what is no text can be set aside as it is.
        self.red.connection_pool.connection_kwargs["decode_responses"] = False

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """A conversation since its latest session began; None where there is none."""
        tracker = self._read(sender_id)
        sessions = get_trackers_for_conversation_sessions(tracker) if tracker else []
        return sessions[-1] if len(sessions) > 1 else tracker

    async def retrieve_full_tracker(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """A conversation from its beginning; None where there is none."""
        return self._read(sender_id)

    async def keys(self) -> Iterable[Text]:
        """The keys of all conversations, without what was set aside."""
        return [key.decode() for key in await super().keys()]

    def deserialise_tracker(self, sender_id: Text, serialised_tracker: Union[Text, bytes]) -> DialogueStateTracker:
        """A conversation as it was kept. Raises one of UNREADABLE, where Rasa leaves out what it does not know."""
        content = json.loads(serialised_tracker)
        dialogue = Dialogue.from_parameters({"name": sender_id, "events": content["events"]})
        if len(dialogue.events) != len(content["events"]):
            raise ValueError("Rasa knows an event no more")
        tracker = self.init_tracker(sender_id)
        tracker.recreate_from_dialogue(dialogue)
        return tracker

    def forget(self, conversation: Text) -> int:
        """Erase a conversation, also what was set aside of it. Returns how many keys that were."""
        return int(self.red.delete(self._key(conversation), self._aside(conversation)))

    def _key(self, conversation: Text) -> Text:
        return f"{self.key_prefix}{conversation}"

    def _aside(self, conversation: Text) -> Text:
        return f"{_SET_ASIDE}{self.key_prefix}{conversation}"

    def _read(self, conversation: Text) -> Optional[DialogueStateTracker]:
        while (kept := self.red.get(self._key(conversation))) is not None:
            try:
                return self.deserialise_tracker(conversation, kept)
            except UNREADABLE as error:
                if self._set_aside(conversation, kept):
                    _LOGGER.error(
                        "a conversation cannot be read (%s) and begins anew; it is in Redis, in a list %s…",
                        type(error).__name__,
                        self._aside(""),
                    )
        if self.red.exists(self._aside(conversation)):
            return begun_anew(self.init_tracker(conversation), self.domain)
        return None

    def _set_aside(self, conversation: Text, kept: bytes) -> bool:
        """Move a conversation to where staff finds it. False where something else is kept of it meanwhile."""
        key, aside, moved = self._key(conversation), self._aside(conversation), False

        def move(transaction: "Pipeline[bytes]") -> None:
            nonlocal moved
            moved = transaction.get(key) == kept
            transaction.multi()
            if moved:
                transaction.rpush(aside, kept)
                transaction.delete(key)
            if moved and self.record_exp:
                transaction.expire(aside, int(self.record_exp))

        self.red.transaction(move, key)
        return moved
