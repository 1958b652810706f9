"""Passes on how an owner wants to be called back."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import Events, failed
from bot.consult.scene import EffectKind
from bot.normalization import LONGEST_TEXT_READ
from bot.store import StoreError, handoffs

_LOGGER = logging.getLogger(__name__)


class ActionPassOnWish(Action):
    """Keep the owner's latest message with the handoff: it goes to staff alone, into no slot."""

    def name(self) -> str:
        return "action_pass_on_wish"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        wish = (tracker.latest_message.get("text") or "")[:LONGEST_TEXT_READ]
        try:
            if handoffs().wish_call_back(tracker.sender_id, wish):
                return []
        except StoreError:
            _LOGGER.exception("a wish for call-back was not kept beside the conversation")
        return failed(tracker, EffectKind.PASS_ON_WISH)
