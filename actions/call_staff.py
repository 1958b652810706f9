"""Calls staff to a conversation."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import Events, failed
from bot.consult.scene import EffectKind
from bot.store import Reason, StoreError, handoffs

_LOGGER = logging.getLogger(__name__)


class ActionCallStaff(Action):
    """Open a handoff, since the owner asked for a person. Where that fails, staff is not promised."""

    def name(self) -> str:
        return "action_call_staff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        try:
            handoffs().open(tracker.sender_id, Reason.ASKED)
        except StoreError:
            _LOGGER.exception("staff was not called, though an owner asked for a person")
            return failed(tracker, EffectKind.CALL_STAFF)
        return []
