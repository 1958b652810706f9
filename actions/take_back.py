"""Takes a conversation back from staff."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import Events
from bot.store import StoreError, handoffs

_LOGGER = logging.getLogger(__name__)


class ActionTakeBack(Action):
    """The handoff no longer waits. Where that fails, it is logged: the conversation is the bot's all the same."""

    def name(self) -> str:
        return "action_take_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        try:
            handoffs().resume(tracker.sender_id)
        except StoreError:
            _LOGGER.exception("the handoff still waits though the owner is back with the bot")
        return []
