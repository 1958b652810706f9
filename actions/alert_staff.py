"""Alerts staff to an owner in distress."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import Events
from bot.store import Reason, StoreError, handoffs

_LOGGER = logging.getLogger(__name__)


class ActionAlertStaff(Action):
    """Open a handoff for distress. Where that fails, it is logged; the owner has the help lines all the same."""

    def name(self) -> str:
        return "action_alert_staff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        try:
            handoffs().open(tracker.sender_id, Reason.DISTRESS)
        except StoreError:
            _LOGGER.exception("staff was not alerted to an owner in distress")
        return []
